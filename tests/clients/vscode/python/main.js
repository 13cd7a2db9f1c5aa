// Stands in for the Python extension: one interpreter, PAUSA_TEST_PYTHON, in the form that the debugger extension asks for.
const vscode = require('vscode');

exports.activate = () => {
  const path = process.env.PAUSA_TEST_PYTHON;
  const never = () => ({ dispose() {} });
  const pathOf = (environment) => (typeof environment === 'string' ? environment : environment?.path) || path;
  const resolved = (path) => ({
    id: path,
    path,
    executable: { uri: vscode.Uri.file(path), bitness: '64-bit', sysPrefix: '' },
    version: { major: 3, minor: 13, micro: 0, release: { level: 'final', serial: 0 }, sysVersion: '' },
    tools: [],
  });
  return {
    ready: Promise.resolve(),
    debug: {},
    datascience: {},
    settings: { getExecutionDetails: () => ({ execCommand: [path] }), onDidChangeExecutionDetails: never },
    environments: {
      known: [],
      getActiveEnvironmentPath: () => ({ id: path, path }),
      resolveEnvironment: async (environment) => resolved(pathOf(environment)),
      getEnvironmentVariables: () => ({ ...process.env }),
      onDidChangeActiveEnvironmentPath: never,
      onDidChangeEnvironments: never,
      onDidEnvironmentVariablesChange: never,
    },
  };
};
