// The extension starts `sigtune lsp` and hands it the YAML files of the editor. Everything else is the server's.
'use strict';

const { commands, window, workspace } = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

let client;

function newClient() {
  const settings = workspace.getConfiguration('sigtune');
  const command = settings.get('path', 'sigtune');
  const run = { command, args: ['lsp'], transport: TransportKind.stdio };
  return new LanguageClient('sigtune', 'sigtune', run, {
    documentSelector: [{ scheme: 'file', language: 'yaml' }, { scheme: 'untitled', language: 'yaml' }, { language: 'sigma' }],
    initializationOptions: {
      workspaceDiagnostics: settings.get('workspaceDiagnostics', true),
      codeLens: settings.get('codeLens', true),
    },
  });
}

async function start() {
  client = newClient();
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(`sigtune does not start: ${error.message}. Install it, or set sigtune.path.`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running && running.needsStop()) {
    await running.stop();
  }
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand('sigtune.restart', restart),
    workspace.onDidChangeConfiguration((event) => {
      if (['path', 'workspaceDiagnostics', 'codeLens'].some((name) => event.affectsConfiguration(`sigtune.${name}`))) {
        return restart();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
