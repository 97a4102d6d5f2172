import type { Locator, Page } from "playwright-core";

/** Sentences in the lower right corner, and questions in the middle. */
export class Notifications {
  constructor(private readonly page: Page) {}

  toast(text: string | RegExp): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text }).first();
  }

  async press(toast: Locator, button: string): Promise<void> {
    await toast.locator(".monaco-button", { hasText: button }).first().click();
  }

  dialog(text: string | RegExp): Locator {
    return this.page.locator(".monaco-dialog-box", { hasText: text });
  }

  async answer(dialog: Locator, button: string): Promise<void> {
    await dialog.locator(".monaco-button", { hasText: button }).first().click();
  }

  async dismissAll(): Promise<void> {
    const close = this.page.locator(".notifications-toasts .notification-list-item .codicon-notifications-clear");
    while ((await close.count()) > 0) {
      await this.page.locator(".notifications-toasts .notification-list-item").first().hover();
      await close.first().click();
    }
  }
}
