import type { Locator } from "playwright-core";
import { Editor } from "./editor";
import { openFile, runCommand } from "./palette";
import { Panel } from "./panel";
import { until } from "./runtimeProcess";
import type { Session } from "./session";

/** Reading takes its time on a busy machine. */
const work = { timeout: 120_000 };

/** An analysed document as a person sees it: marks in the editor, the panel beside it. */
export class AnalysisPage {
  readonly editor: Editor;

  private constructor(readonly panel: Panel, private readonly session: Session) {
    this.editor = new Editor(session.page);
  }

  /** Opens a file of the workspace and analyses it; resolves when the reading has ended. */
  static async analyse(session: Session, file: string): Promise<AnalysisPage> {
    await openFile(session.page, file);
    await runCommand(session.page, "Decant: Analyse Document");
    return AnalysisPage.shown(session);
  }

  /** The panel that is on the screen, or comes. */
  static async shown(session: Session): Promise<AnalysisPage> {
    const page = new AnalysisPage(await Panel.ready(session.page, "analysis"), session);
    await page.ended();
    return page;
  }

  locator(selector: string, options?: Parameters<Panel["locator"]>[1]): Locator {
    return this.panel.locator(selector, options);
  }

  /** Resolves when nothing is being read. */
  async ended(): Promise<void> {
    await this.locator("vscode-button.again").waitFor(work);
    await this.session.page.locator(".notifications-toasts .notification-list-item", { hasText: /Analysing|Opening/ }).waitFor({ state: "detached", ...work });
  }

  finding(category: string): Locator {
    return this.locator(".finding", { hasText: category });
  }

  /** Number of findings that the tab counts. */
  async count(tab: "clauses" | "facts" | "obligations" = "clauses"): Promise<number> {
    return Number((await this.locator(`[role="tab"][data-tab="${tab}"]`).getAttribute("data-count")) || 0);
  }

  async tab(tab: "clauses" | "facts" | "obligations" | "summary" | "questions"): Promise<void> {
    await this.locator(`[role="tab"][data-tab="${tab}"]`).click();
    await this.locator(`[data-panel="${tab}"]:not([hidden])`).waitFor();
  }

  /** "Not a clause" in the list. */
  async reject(finding: Locator): Promise<void> {
    await finding.hover();
    await finding.locator(".reject").click();
  }

  /** Runs "Analyse again" and waits for its end. */
  async again(): Promise<void> {
    await this.locator("vscode-button.again").click();
    await this.ended();
  }

  /** The line that a row of the list names, once the cursor is there. */
  async goes(finding: Locator): Promise<number> {
    const line = Number(/\d+/.exec(await finding.locator(".line").innerText())?.[0]);
    await this.editor.goToLine(line > 2 ? 1 : 10);
    await finding.click();
    await until(async () => {
      const at = await this.editor.line();
      if (Number.isNaN(at)) await this.editor.focus();
      return at === line;
    }, `the cursor is on line ${line}`);
    return line;
  }
}

/** Pictures of what is on the screen in three themes. */
export async function inThreeThemes(session: Session, panel: Panel | undefined, picture: (theme: string) => Promise<void>): Promise<void> {
  for (const theme of ["Default High Contrast", "Light Modern", "Dark Modern"] as const) {
    await session.useTheme(theme);
    await panel?.locator(theme === "Light Modern" ? "body.vscode-light" : theme === "Dark Modern" ? "body.vscode-dark" : "body.vscode-high-contrast").waitFor();
    await picture(theme);
  }
}
