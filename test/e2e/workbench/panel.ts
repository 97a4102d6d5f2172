import type { Frame, Locator, Page } from "playwright-core";
import { until } from "./runtimeProcess";

/**
 * The style rules that @vscode/webview-ui-toolkit 1.4.0 itself breaks: its elements write style elements and attributes.
 * Nothing visible depends on them, and allowing 'unsafe-inline' would open the door for everything else.
 */
const causedByToolkit = /^style-src/;

/** A webview panel on the screen: a document in a frame in a frame, found by the name that its page bears. */
export class Panel {
  private constructor(private readonly frame: Frame) {}

  /** Resolves when the panel has drawn its first snapshot. */
  static async ready(page: Page, name: "tradeoffs" | "analysis" | "inspector" | "getModels" | "meter" | "lab"): Promise<Panel> {
    let found: Frame | undefined;
    await until(async () => {
      for (const frame of page.frames()) {
        // A frame may go away while we ask it.
        if (await frame.locator(`body[data-panel="${name}"][data-ready="1"]`).isVisible().catch(() => false)) found = frame;
      }
      return found !== undefined;
    }, `the panel "${name}" is ready`);
    return new Panel(found as Frame);
  }

  locator(selector: string, options?: Parameters<Page["locator"]>[1]): Locator {
    return this.frame.locator(selector, options);
  }

  /** What the content security policy refused and what threw, without the toolkit's own. */
  async violations(): Promise<readonly string[]> {
    const all = await this.frame.evaluate(() => (globalThis as { __violations?: string[] }).__violations ?? ["not recorded"]);
    return all.filter((violation) => !causedByToolkit.test(violation));
  }
}
