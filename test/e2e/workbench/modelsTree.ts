import type { Locator, Page } from "playwright-core";

const menuDelayMs = 200;

/** The view "Models" in Decant's side bar. */
export class ModelsTree {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    const button = this.page.locator('.activitybar .action-item a[aria-label^="Decant"]');
    if ((await this.page.locator(".sidebar .composite.title", { hasText: /decant/i }).count()) === 0) await button.click();
    await this.item(/./).first().waitFor();
    // The button's tooltip would cover the arrow of a row beside it.
    await this.page.mouse.move(700, 500);
  }

  /** An item by its text: its label and what stands beside it. */
  item(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .pane-body [role="treeitem"]', { hasText: text });
  }

  /** A family by its name. */
  family(name: string | RegExp): Locator {
    return this.page.locator('.sidebar .pane-body [role="treeitem"][aria-level="1"]', { hasText: name });
  }

  /** A model by its family and level, e.g. "tiny F16"; one of several files of that level by its file's name. */
  model(name: string): Locator {
    return this.page.locator(`.sidebar .pane-body [role="treeitem"][aria-label^="${name},"]`);
  }

  /** A row by a part of what is read aloud of it. */
  spoken(text: string): Locator {
    return this.page.locator(`.sidebar .pane-body [role="treeitem"][aria-label*="${text}"]`);
  }

  /** Opens a row by its arrow: a click on its text opens the inspector. */
  async expand(item: Locator): Promise<void> {
    await item.first().locator(".monaco-tl-twistie").click();
  }

  /** Presses a button that appears in a row under the mouse. */
  async inline(item: Locator, command: string): Promise<void> {
    await item.first().hover();
    await item.first().locator(`.action-label[aria-label^="${command}"]`).click();
  }

  async menu(item: Locator, command: string): Promise<void> {
    await item.click({ button: "right" });
    await this.#choose(command);
  }

  /** A command of a menu in the menu. */
  async submenu(item: Locator, menu: string, command: string): Promise<void> {
    await item.click({ button: "right" });
    await this.page.locator(".monaco-menu .action-item:visible", { hasText: menu }).first().hover();
    await this.#choose(command);
  }

  async #choose(command: string): Promise<void> {
    const entry = this.page.locator(".monaco-menu .action-item:visible", { hasText: command }).last();
    await entry.hover();
    // The menu takes no click in its first tenth of a second, lest the click that opened it choose something.
    await this.page.waitForTimeout(menuDelayMs);
    await entry.click();
    await entry.waitFor({ state: "detached" });
  }
}
