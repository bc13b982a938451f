// The program runs here, so that typing never waits for it.
onmessage = async ({ data }) => {
	if (data.program) {
		const packed = Uint8Array.from(atob(data.program), (c) => c.charCodeAt(0));
		const unpacked = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
		const go = new Go();
		const { instance } = await WebAssembly.instantiate(unpacked, go.importObject);
		go.run(instance);
		postMessage({ ready: true });
		return;
	}
	const start = performance.now();
	const answer = JSON.parse(sigtune(JSON.stringify(data.request)));
	postMessage({ number: data.number, answer, took: performance.now() - start });
};
