import type { Locator, Page } from "playwright-core";

/** The list that drops from the top of the workbench. */
export class QuickPick {
  readonly widget: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator(".quick-input-widget:visible");
  }

  /** The row whose label is exactly this. */
  row(label: string): Locator {
    const exactly = this.page.locator(".label-name", { hasText: new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) });
    return this.widget.locator(".quick-input-list .monaco-list-row").filter({ has: exactly }).first();
  }

  async filter(text: string): Promise<void> {
    await this.widget.locator('input[type="text"]').fill(text);
  }

  async choose(label: string): Promise<void> {
    await this.row(label).click();
  }

  /** What the rows on the screen say; a long list shows only part of its rows. */
  async visibleRows(): Promise<readonly string[]> {
    return this.widget.locator(".quick-input-list .monaco-list-row").allInnerTexts();
  }
}
