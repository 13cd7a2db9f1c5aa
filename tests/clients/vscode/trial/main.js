// Uses VS Code's debugger as a user does, by its commands, and looks at what it shows. Writes the outcome to
// PAUSA_TEST_RESULT: nothing if all is as it should be.
const assert = require('assert');
const child = require('child_process');
const fs = require('fs');
const vscode = require('vscode');

const { PAUSA_BINARY, PAUSA_TEST_ADAPTER, PAUSA_TEST_PYTHON, PAUSA_TEST_CHILDREN, PAUSA_TEST_FOLDER } = process.env;
const LINE = Number(process.env.PAUSA_TEST_CHILDREN_LINE);
const DEADLINE = 30000;

/** Those who wait for a message of an adapter, or for the end of its session. */
let waiting = [];

function tell(message) {
  const [met, others] = [waiting.filter((one) => one.is(message)), waiting.filter((one) => !one.is(message))];
  waiting = others;
  met.forEach((one) => one.done(message));
}

function wait(what, is) {
  return new Promise((done, fail) => {
    waiting.push({ is, done });
    setTimeout(() => fail(new Error(`waited in vain for ${what}`)), DEADLINE);
  });
}

const stop = () => wait('a stop', ({ event }) => event === 'stopped');
const end = (name) => wait(`the end of ${name}`, ({ ended }) => ended === name);
const command = (name) => vscode.commands.executeCommand(`workbench.action.debug.${name}`);

/** Does something after which a program stops, and waits until the panes are filled: the session, and its value of `name`. */
async function stopsAfter(act) {
  const [stopped, shown] = [stop(), wait('variables', ({ command }) => command === 'variables')];
  await act();
  const { session, body } = await stopped;
  const { variables } = (await shown).body;
  assert.strictEqual(vscode.debug.activeDebugSession?.id, session.id, 'another session is shown');
  return { name: session.name, reason: body.reason, value: variables.find(({ name }) => name === 'name')?.value };
}

async function hits(act, session, value) {
  const stopped = await stopsAfter(act);
  assert.match(stopped.name, session);
  assert.deepStrictEqual([stopped.reason, stopped.value], ['breakpoint', value]);
}

function start(configuration) {
  const [folder] = vscode.workspace.workspaceFolders;
  return async () => assert(await vscode.debug.startDebugging(folder, { type: 'debugpy', ...configuration }));
}

const launch = (name, console) =>
  start({
    request: 'launch', name, console, program: PAUSA_TEST_CHILDREN, args: ['both', PAUSA_TEST_FOLDER],
    debugAdapterPath: PAUSA_TEST_ADAPTER,
  });

/** All stops of the program with its children, from the one that the act leads to. */
async function walk(act, name) {
  const go = () => command('continue');
  await hits(act, new RegExp(`^${name} \\(process`), "'started'");
  await hits(go, new RegExp(`^${name} \\(process`), "'forked'");
  await hits(go, new RegExp(`^${name}$`), "'in a thread'");
  await hits(go, new RegExp(`^${name}$`), "'parent'");
}

async function run() {
  const here = new vscode.Location(vscode.Uri.file(PAUSA_TEST_CHILDREN), new vscode.Position(LINE - 1, 0));
  await vscode.window.showTextDocument(here.uri);
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(here)]);
  for (const console of ['internalConsole', 'integratedTerminal']) {
    await walk(launch(console, console), console);
    await walk(() => command('restart'), console);
    const ended = end(console);
    await command('continue');
    await ended;
  }

  const arguments_ = ['--python', PAUSA_TEST_PYTHON, '--listen', '0', '--wait', PAUSA_TEST_CHILDREN, 'both', PAUSA_TEST_FOLDER];
  const listening = child.spawn(PAUSA_BINARY, arguments_, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [, host, port] = await new Promise((done) => {
    let said = '';
    listening.stderr.on('data', (text) => {
      said += text;
      const place = said.match(/listens at (.*):(\d+)\n/);
      if (place) done(place);
    });
  });
  await walk(start({ request: 'attach', name: 'remote', connect: { host, port: Number(port) } }), 'remote');
  const ended = end('remote');
  await command('continue');
  await ended;

  const waits = child.spawn(PAUSA_TEST_PYTHON, ['-c', 'import time\nwhile True: time.sleep(0.01)'], { stdio: 'ignore' });
  const attached = wait('threads', ({ command }) => command === 'threads');
  await start({ request: 'attach', name: 'running', processId: waits.pid, debugAdapterPath: PAUSA_TEST_ADAPTER })();
  await attached;
  // The command does nothing before VS Code itself has taken in the threads.
  const again = setInterval(() => command('pause'), 200);
  const stopped = await stop();
  clearInterval(again);
  assert.strictEqual(stopped.body.reason, 'pause');
  const left = end('running');
  await command('disconnect');
  await left;
  assert.strictEqual(waits.exitCode, null, 'the program has not outlived its session');
  waits.kill();
}

exports.activate = () => {
  vscode.debug.registerDebugAdapterTrackerFactory('*', {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage: (message) => tell({ session, ...message }),
      onWillStopSession: () => tell({ ended: session.name }),
    }),
  });
  const outcome = (text) => fs.writeFileSync(process.env.PAUSA_TEST_RESULT, text);
  run().then(() => outcome(''), (error) => outcome(String(error.stack ?? error)));
};
