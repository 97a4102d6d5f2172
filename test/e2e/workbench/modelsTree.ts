import type { Locator, Page } from "playwright-core";

/** The view "Models" in Decant's side bar. */
export class ModelsTree {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    const button = this.page.locator('.activitybar .action-item a[aria-label^="Decant"]');
    if ((await this.page.locator(".sidebar .composite.title", { hasText: /decant/i }).count()) === 0) await button.click();
    await this.item(/./).first().waitFor();
  }

  /** An item by its text: its label and what stands beside it. */
  item(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .pane-body [role="treeitem"]', { hasText: text });
  }

  async menu(item: Locator, command: string): Promise<void> {
    await item.click({ button: "right" });
    await this.page.locator(".monaco-menu .action-item:visible", { hasText: command }).first().click();
  }
}
