/** What scripts/workbench/endToEnd.mjs tells the tests about the workbench that it has started. */
function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with "npm run test:e2e".`);
  return value;
}

export const environment = {
  /** e.g. "http://127.0.0.1:41233/". */
  get address(): string {
    return given("DECANT_E2E_ADDRESS");
  },
  get browser(): string {
    return given("DECANT_E2E_BROWSER");
  },
  /** Where the packaged extension was installed. */
  get extensionsFolder(): string {
    return given("DECANT_E2E_EXTENSIONS_FOLDER");
  },
  /** Where the extension puts levels of the built-in model. */
  get levelsFolder(): string {
    return given("DECANT_E2E_LEVELS_FOLDER");
  },
  get contract(): string {
    return given("DECANT_E2E_CONTRACT");
  },
  /** Holds one workspace per test file. */
  get workspaces(): string {
    return given("DECANT_E2E_FOLDER");
  },
  /** The home folder of the extension host, with other programs' stores of models in it. */
  get home(): string {
    return given("DECANT_E2E_HOME");
  },
  /** Settings of the machine that the extension host runs on; read when the file changes. */
  get machineSettings(): string {
    return given("DECANT_E2E_MACHINE_SETTINGS");
  },
  /** Where pictures of failures and of themes go. */
  get results(): string {
    return given("DECANT_E2E_RESULTS");
  },
  /** The README's pictures; empty when they are not to be taken anew. */
  get screenshots(): string {
    return given("DECANT_E2E_SCREENSHOTS");
  },
};
