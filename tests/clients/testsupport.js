// VS Code's own client for tests of debug adapters drives `pausa dap`: PAUSA PYTHON PROGRAM LINE.
// Its assertions are those that an adapter for VS Code has to meet; run by .ci/clients.
'use strict';

const assert = require('assert');
const { DebugClient } = require('@vscode/debugadapter-testsupport');

const [pausa, python, program, line] = process.argv.slice(2);

async function withClient(test) {
  const client = new DebugClient(pausa, 'dap', 'debugpy');
  await client.start();
  try {
    await test(client);
  } finally {
    await client.stop();
  }
}

async function main() {
  await withClient(async (client) => {
    const capabilities = (await client.initializeRequest()).body;
    assert.strictEqual(capabilities.supportsConfigurationDoneRequest, true);
    await client.send('noSuchRequest').then(
      () => assert.fail('an unknown request succeeded'),
      (error) => assert.match(error.message, /launch|know/),
    );
  });
  await withClient(async (client) => {
    await Promise.all([
      client.configurationSequence(),
      client.launch({ program, python, args: ['one', 'two'] }),
      client.assertOutput('stdout', "arguments ['one', 'two']"),
      client.waitForEvent('exited').then((event) => assert.strictEqual(event.body.exitCode, 7)),
      client.waitForEvent('terminated'),
    ]);
  });
  await withClient(async (client) => {
    await client.hitBreakpoint({ program, python }, { path: program, line: Number(line) });
    const frame = (await client.stackTraceRequest({ threadId: 1 })).body.stackFrames[0];
    const scopes = (await client.scopesRequest({ frameId: frame.id })).body.scopes;
    const variables = (await client.variablesRequest({ variablesReference: scopes[0].variablesReference })).body.variables;
    assert.strictEqual(variables.find((variable) => variable.name === 'result').value, '6');
    assert.strictEqual((await client.evaluateRequest({ expression: 'result * 7', frameId: frame.id })).body.result, '42');
    await Promise.all([client.stepOutRequest({ threadId: 1 }), client.waitForEvent('stopped')]);
    await Promise.all([client.continueRequest({ threadId: 1 }), client.waitForEvent('terminated')]);
  });
  await withClient(async (client) => {
    await Promise.all([
      client.waitForEvent('initialized').then(() => client.configurationDoneRequest()),
      client.launch({ program, python, stopOnEntry: true }),
      client.assertStoppedLocation('entry', { path: program, line: 1 }),
    ]);
  });
}

main().then(
  () => console.log('@vscode/debugadapter-testsupport: launch, breakpoint, values, step, entry: as they should be'),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
