import type { Locator } from "playwright-core";
import { ModelsTree } from "./modelsTree";
import { openFile } from "./palette";
import { Panel } from "./panel";
import { QuickPick } from "./quickPick";
import type { Session } from "./session";

/** Measuring and calibrating take their time on a busy machine. */
const work = { timeout: 400_000 };

/** The tradeoff panel as a person sees it: rows, cells, buttons. */
export class TradeoffsPage {
  private constructor(readonly panel: Panel, private readonly session: Session) {}

  /** Opens the sample contract and, from the tree, the panel of the built-in model; resolves when the sizes are there. */
  static async open(session: Session): Promise<TradeoffsPage> {
    const tree = new ModelsTree(session.page);
    await openFile(session.page, "supply-agreement.md");
    await tree.open();
    await tree.menu(tree.item(/^F16/), "Show Tradeoffs");
    return TradeoffsPage.restored(session);
  }

  /** The panel that stands on the screen already. */
  static async restored(session: Session): Promise<TradeoffsPage> {
    const page = new TradeoffsPage(await Panel.ready(session.page, "tradeoffs"), session);
    await page.cell("Q4_K_M", "size").filter({ hasText: "MiB" }).waitFor();
    return page;
  }

  locator(selector: string, options?: Parameters<Panel["locator"]>[1]): Locator {
    return this.panel.locator(selector, options);
  }

  row(key: string): Locator {
    return this.locator(`.numbers tr[data-level="${key}"]`);
  }

  cell(key: string, column: string): Locator {
    return this.locator(`.numbers tr[data-level="${key}"] td.${column}`);
  }

  /** The number in a cell, without the ~ before it and the ± behind it. */
  async number(key: string, column: string): Promise<number> {
    const text = await this.cell(key, column).innerText();
    return Number(/-?[\d.]+(e-?\d+)?/.exec(text.replace(/,/g, ""))?.[0] ?? Number.NaN);
  }

  /** The point of a row in the chart. */
  point(key: string): Locator {
    return this.locator(`.chart-area .point[data-level="${key}"]`);
  }

  /** How wide the foretold interval of a row's difference is: its upper end divided by its lower one. */
  async uncertainty(key: string): Promise<number> {
    const words = await this.cell(key, "kl").locator("em.foretold").getAttribute("title");
    const [low = Number.NaN, high = Number.NaN] = [...(words ?? "").matchAll(/\d[\d.]*/g)].map(([number]) => Number(number));
    return high / low;
  }

  async list(which: "main" | "all"): Promise<void> {
    await this.locator(`.levels-tools .segmented [data-value="${which}"]`).click();
  }

  async view(name: "numbers" | "words" | "tensors"): Promise<void> {
    await this.locator(`.views [data-value="${name}"]`).click();
  }

  /** Ticks exactly these rows, all of which have a line. */
  async tick(keys: readonly string[]): Promise<void> {
    const boxes = this.locator(".numbers tbody tr:not([hidden]) input.tick:not([hidden], :disabled)");
    for (const box of await boxes.all()) {
      const key = await box.locator("xpath=ancestor::tr").getAttribute("data-level");
      await box.setChecked(keys.includes(key ?? ""));
    }
  }

  /** Presses "Measure" or "Go on" and waits until measuring ended. */
  async measure(): Promise<void> {
    await this.locator("vscode-button.measure").click();
    await this.locator("vscode-button.stop").waitFor();
    await this.locator("vscode-button.measure").waitFor(work);
  }

  /** Resolves when nothing is under way: sampled, measured, calibrated. */
  async idle(): Promise<void> {
    await this.locator("header .progress").waitFor({ state: "hidden", ...work });
  }

  /** Answers the editor's own list that a button of the panel opened. */
  async pick(button: string, row: RegExp): Promise<void> {
    await this.locator(button).click();
    await new QuickPick(this.session.page).widget.locator(".quick-input-list .monaco-list-row", { hasText: row }).first().click();
  }
}
