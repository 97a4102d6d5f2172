import type { Locator } from "playwright-core";
import { Panel } from "./panel";
import type { Session } from "./session";

/** Measuring and training take their time on a busy machine. */
const work = { timeout: 240_000 };

/** The Compression Lab as a person sees it. */
export class LabPage {
  private constructor(readonly panel: Panel) {}

  /** The panel that stands on the screen, or comes. */
  static async shown(session: Session): Promise<LabPage> {
    return new LabPage(await Panel.ready(session.page, "lab"));
  }

  locator(selector: string, options?: Parameters<Panel["locator"]>[1]): Locator {
    return this.panel.locator(selector, options);
  }

  step(number: number): Locator {
    return this.locator(".step").nth(number - 1);
  }

  /** Takes a preset from the header's menu. */
  async preset(title: string): Promise<void> {
    await this.locator("header vscode-button", { hasText: "Presets" }).click();
    await this.locator("header [role=menuitem]", { hasText: title }).click();
  }

  /** A field of a step by its name. */
  field(step: number, label: string): Locator {
    return this.step(step).locator(`input[aria-label^="${label}"]`);
  }

  async fill(step: number, label: string, value: string): Promise<void> {
    const field = this.field(step, label);
    await field.fill(value);
    await field.press("Tab");
  }

  /** Opens a fold of a step, e.g. "Quality gate". */
  async unfold(step: number, title: string): Promise<void> {
    const fold = this.step(step).locator("details.fold", { hasText: title });
    if ((await fold.getAttribute("open")) === null) await fold.locator("summary").click();
  }

  /** One of a row of choices in a step. */
  async choose(step: number, choice: string): Promise<void> {
    await this.step(step).locator(`.segmented [data-value="${choice}"]`).click();
  }

  async name(): Promise<string> {
    return this.locator(".recipe-name input").inputValue();
  }

  async rename(name: string): Promise<void> {
    await this.locator(".recipe-name input").fill(name);
    await this.locator(".recipe-name input").press("Tab");
    await this.locator(".recipe-file.changed").waitFor();
  }

  async run(): Promise<void> {
    await this.locator(".run-buttons .run").click();
  }

  async press(button: "Pause" | "Cancel"): Promise<void> {
    await this.locator(".run-buttons vscode-button", { hasText: button }).click();
  }

  /** Resolves when the run tells so. */
  async says(words: RegExp): Promise<void> {
    await this.locator(".run-state", { hasText: words }).waitFor(work);
  }

  /** A cell of the table of before and after: the original's row is 0. */
  async cell(row: number, column: number): Promise<string> {
    return this.locator(".results tbody tr").nth(row).locator("td").nth(column).innerText();
  }

  /** Resolves when every step has an estimate. */
  async estimated(): Promise<void> {
    await this.locator(".step .outcome", { hasText: "Estimate follows" }).first().waitFor({ state: "detached", ...work });
    await this.locator(".run-bar .plan strong", { hasText: "→" }).waitFor(work);
  }
}
