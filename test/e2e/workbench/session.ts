import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type Page, chromium } from "playwright-core";
import { environment } from "./environment";
import { runCommand } from "./palette";
import type { Workspace } from "./workspace";

/** The machine may be busy; waits end at the event, not at the limit. */
const patience = 40_000;

/** Everything outside this machine is unreachable, as on the person's machine without a network. */
const browserArguments = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** One browser with the workbench open on one workspace. */
export class Session {
  private constructor(private readonly browser: Browser, readonly page: Page, readonly workspace: Workspace) {}

  static async open(workspace: Workspace): Promise<Session> {
    const browser = await chromium.launch({ executablePath: environment.browser, headless: true, args: browserArguments });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, permissions: ["clipboard-read", "clipboard-write"] });
    context.setDefaultTimeout(patience);
    const session = new Session(browser, await context.newPage(), workspace);
    await session.page.goto(`${environment.address}?folder=${encodeURIComponent(workspace.folder)}`);
    // The status item is the sign that the extension has been activated.
    await session.page.locator('.statusbar-item[id^="decant.decant"]').first().waitFor();
    return session;
  }

  /** "Developer: Reload Window"; resolves when the extension runs again. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("load");
    await runCommand(this.page, "Developer: Reload Window");
    await loaded;
    await this.page.locator('.statusbar-item[id^="decant.decant"]').first().waitFor();
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Runs one step of a story; a picture of the workbench tells why it failed. */
  async step<T>(name: string, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      await this.picture(join(environment.results, "failed"), name);
      throw error;
    }
  }

  async picture(folder: string, name: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name.replace(/\W+/g, "-")}.png`) });
  }

  /** Resolves when the workbench shows the theme; workspace settings are noticed within a second. */
  async useTheme(theme: string): Promise<void> {
    await this.workspace.useTheme(theme);
    const marks = { "Dark Modern": ".vs-dark", "Light Modern": ".vs", "Default High Contrast": ".hc-black" };
    await this.page.locator(`.monaco-workbench${marks[theme as keyof typeof marks]}`).waitFor();
  }
}
