#!/usr/bin/env bash
# Tuning from events in a Trino server, from nothing: fetch a server, start it, load generated events, tune, stop.
#
#   docs/demos/store.sh            all of it; needs Java 17, Maven, curl, unzip and Go; about 110 MB are downloaded the first time
#   docs/demos/store.sh fetch      the server only, for the tests: they start and stop it themselves
#
# SIGTUNE_TRINO=DIR names where the server is kept; default is the user's cache directory. EVENTS=200000 sets how many events are made.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The last release that runs on Java 17; the archive of the whole server (1 GB, all connectors) is not needed: it is these libraries.
version=435
dir=${SIGTUNE_TRINO:-${XDG_CACHE_HOME:-$HOME/.cache}/sigtune/trino}
events=${EVENTS:-200000}
port=${PORT:-18080}

fetch() {
	[ -f "$dir/Start.java" ] && return
	mkdir -p "$dir/lib" "$dir/plugin" "$dir/etc/catalog"
	cat >"$dir/pom.xml" <<-END
		<project xmlns="http://maven.apache.org/POM/4.0.0">
		  <modelVersion>4.0.0</modelVersion>
		  <groupId>local</groupId><artifactId>trino</artifactId><version>1</version><packaging>pom</packaging>
		  <dependencies><dependency><groupId>io.trino</groupId><artifactId>trino-main</artifactId><version>$version</version></dependency></dependencies>
		</project>
	END
	mvn -q -B -ntp -f "$dir/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$dir/lib"
	curl -fsSL -o "$dir/memory.zip" "https://repo1.maven.org/maven2/io/trino/trino-memory/$version/trino-memory-$version.zip"
	unzip -q -o "$dir/memory.zip" -d "$dir/plugin"
	rm "$dir/memory.zip"
	printf 'connector.name=memory\nmemory.max-data-per-node=1GB\n' >"$dir/etc/catalog/memory.properties"
	cat >"$dir/Start.java" <<-END
		public class Start {
		    public static void main(String[] args) {
		        new io.trino.server.Server().start("$version");
		    }
		}
	END
	echo "Trino $version is in $dir"
}

fetch
[ "${1:-}" != fetch ] || exit 0

own=$(mktemp -d)
server=
stop() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
	rm -rf "$own"
}
trap stop EXIT
cat >"$own/config.properties" <<END
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=$port
discovery.uri=http://127.0.0.1:$port
query.max-memory=512MB
query.max-memory-per-node=512MB
memory.heap-headroom-per-node=256MB
plugin.dir=$dir/plugin
catalog.config-dir=$dir/etc/catalog
END
(cd "$own" && exec nice java -Xmx2G -Djdk.attach.allowAttachSelf=true -Dfile.encoding=UTF-8 -Duser.timezone=UTC -Dconfig="$own/config.properties" \
	-Dnode.environment=demo -Dnode.id=one -Dnode.data-dir="$own" -cp "$dir/lib/*" "$dir/Start.java") >"$own/server.log" 2>&1 &
server=$!
for _ in $(seq 240); do
	curl -fs "http://127.0.0.1:$port/v1/info" 2>/dev/null | grep -q '"starting":false' && break
	kill -0 "$server" || { cat "$own/server.log"; exit 1; }
	sleep 1
done

# ask runs one statement to its end, over the REST interface.
ask() {
	local answer next
	answer=$(curl -fsS -H 'X-Trino-User: demo' -d "$1" "http://127.0.0.1:$port/v1/statement")
	while :; do
		case $answer in *'"error":'*) printf '%s\n' "$answer" | sed 's/.*"error":{"message":"\([^"]*\)".*/Trino: \1/' >&2; return 1 ;; esac
		next=$(printf '%s' "$answer" | sed -n 's/.*"nextUri":"\([^"]*\)".*/\1/p')
		[ -n "$next" ] || return 0
		answer=$(curl -fsS "$next")
	done
}

echo "== $events events into memory.default.process_events"
ask "CREATE TABLE memory.default.process_events AS
SELECT 'host' || CAST(k % 200 AS varchar) AS computer,
       TIMESTAMP '2026-01-01 00:00:00' + (k % 30) * INTERVAL '1' DAY AS utctime,
       k AS processid,
       CASE k % 4 WHEN 0 THEN 'C:\\Windows\\System32\\NETSTAT.EXE' ELSE 'C:\\Windows\\System32\\whoami.exe' END AS image,
       CASE WHEN k % 40 = 0 THEN '\"C:\\Windows\\System32\\NETSTAT.EXE\" -ano -b' ELSE 'netstat -an -p tcp' END AS commandline,
       CASE WHEN k % 40 = 0 THEN 'C:\\Tools\\Console\\console.exe' ELSE 'C:\\Program Files\\Monit\\monit.exe' END AS parentimage,
       CASE WHEN k % 40 = 0 THEN 'SITE\\user' || CAST(k % 70 AS varchar) ELSE 'NT AUTHORITY\\SYSTEM' END AS \"user\"
FROM (SELECT a.n * 1000 + b.n AS k FROM UNNEST(sequence(0, $((events / 1000 - 1)))) AS a(n) CROSS JOIN UNNEST(sequence(0, 999)) AS b(n))"

cat >"$own/rule.yml" <<'END'
title: Listing of network connections
id: 6ff1a2b6-53d7-4a7f-9d6a-6f8ad2ab7a10
status: test
description: Somebody lists network connections with netstat.
author: sigtune
date: 2026-01-01
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\netstat.exe'
        CommandLine|contains: ' -an'
    condition: selection
falsepositives:
    - Unknown
level: low
END
go build -o "$own/sigtune" ./cmd/sigtune
address=trino://demo@127.0.0.1:$port/memory/default/process_events
echo "== sigtune tune rule.yml --store $address"
"$own/sigtune" tune "$own/rule.yml" --store "$address" || echo "exit code $?"
echo "== sigtune tune rule.yml --store $address --impact sql"
"$own/sigtune" tune "$own/rule.yml" --store "$address" --impact sql
