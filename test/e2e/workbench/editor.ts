import type { Locator, Page } from "playwright-core";

/** The text editor on the screen, with what Decant writes into it. */
export class Editor {
  readonly squiggles: Locator;
  readonly lenses: Locator;

  constructor(private readonly page: Page) {
    this.squiggles = page.locator(".monaco-editor .squiggly-error, .monaco-editor .squiggly-warning, .monaco-editor .squiggly-info");
    this.lenses = page.locator(".monaco-editor .codelens-decoration a");
  }

  /** Line of the cursor, as the status bar tells it; NaN while no text editor is the active one. */
  async line(): Promise<number> {
    const status = this.page.locator('[id="status.editor.selection"]');
    return (await status.isVisible()) ? Number(/Ln (\d+)/.exec(await status.innerText())?.[1]) : Number.NaN;
  }

  /** On a busy machine a panel's late word that it was clicked makes its group the active one, though the text has the focus. */
  async focus(): Promise<void> {
    await this.page.keyboard.press("Control+1");
  }

  /** Goes to a line, as Ctrl+G does. */
  async goToLine(line: number): Promise<void> {
    await this.page.locator(".monaco-editor .view-lines").first().click();
    await this.focus();
    await this.page.keyboard.press("Control+G");
    await this.page.locator('.quick-input-widget:visible input[type="text"]').fill(`:${line}`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Opens the hover at the cursor by the keyboard's own chord: the mouse would have to hit a letter. */
  async hoverHere(): Promise<Locator> {
    await this.page.keyboard.press("Control+K");
    await this.page.keyboard.press("Control+I");
    return this.page.locator(".monaco-hover:visible .hover-contents");
  }

  /** Number of problems that the status bar counts, all severities together. */
  async problems(): Promise<number> {
    const label = await this.page.locator('[id="status.problems"]').getAttribute("aria-label");
    return [...(label ?? "").matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), 0);
  }
}
