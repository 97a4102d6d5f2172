import type { Page } from "playwright-core";
import { QuickPick } from "./quickPick";

/**
 * Runs a command by its exact title; Enter would take the first row, which may be another command. The palette lists what can be
 * run when it is opened: of a document that was opened this moment perhaps not yet, so it is opened anew where the command is not there.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  const picker = new QuickPick(page);
  for (let tries = 0; tries < 3; tries++) {
    await page.keyboard.press("F1");
    await picker.filter(`>${title}`);
    if (await picker.row(title).waitFor({ timeout: 8000 }).then(() => true, () => false)) break;
    await page.keyboard.press("Escape");
    await picker.widget.waitFor({ state: "hidden" });
  }
  await picker.choose(title);
}

export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Control+P");
  const picker = new QuickPick(page);
  await picker.filter(name);
  await picker.choose(name);
  await page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
}
