import type { Page } from "playwright-core";
import { QuickPick } from "./quickPick";

/** Runs a command by its exact title; Enter would take the first row, which may be another command. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press("F1");
  const picker = new QuickPick(page);
  await picker.filter(`>${title}`);
  await picker.choose(title);
}

export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Control+P");
  const picker = new QuickPick(page);
  await picker.filter(name);
  await picker.choose(name);
  await page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
}
