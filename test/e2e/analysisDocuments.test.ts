import { copyFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AnalysisPage, inThreeThemes } from "./workbench/analysis";
import { environment } from "./workbench/environment";
import { openFile, runCommand } from "./workbench/palette";
import { runtimeProcesses, until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace } from "./workbench/workspace";

const fixtures = join(__dirname, "..", "fixtures", "documents");

describe("documents of all kinds", () => {
  let session: Session;
  /** A server keeps what belongs to a window that was closed for a while, in case that it comes back: those of other test files. */
  let others: readonly number[];

  beforeAll(async () => {
    others = runtimeProcesses();
    const workspace = await Workspace.create("documents");
    for (const name of await readdir(fixtures)) if (/\.(docx|pdf)$/.test(name)) await copyFile(join(fixtures, name), workspace.path(name));
    const clauses = Array.from({ length: 4000 }, (_, index) => `${index + 1}. The parties agree that clause number ${index + 1} binds Supplier and Buyer alike.\n\n`);
    await writeFile(workspace.path("long.md"), clauses.join(""));
    await writeFile(workspace.path("line.txt"), "All work and no play makes this a very long line without an end ".repeat(75_000));
    await writeFile(workspace.path("large.txt"), "All work and no play makes this a very long line without an end ".repeat(90_000));
    session = await Session.open(workspace);
    await session.useTheme("Dark Modern");
  });
  afterAll(async () => {
    await session?.close();
  });

  const inExplorer = (name: string): Locator => session.page.locator('.explorer-folders-view [role="treeitem"]', { hasText: name });
  const chooseOpenAsText = async (): Promise<void> => {
    const entry = session.page.locator(".monaco-menu .action-item:visible", { hasText: "Open as Text and Analyse" }).first();
    await entry.hover();
    await session.page.waitForTimeout(200); // The menu takes no click in its first tenth of a second.
    await entry.click();
  };
  const openAsText = async (name: string): Promise<AnalysisPage> => {
    await runCommand(session.page, "View: Show Explorer");
    await inExplorer(name).click({ button: "right" });
    await chooseOpenAsText();
    await session.page.locator(".tabs-container .tab.active", { hasText: new RegExp(`^${name}\\.md`) }).first().waitFor();
    const page = await AnalysisPage.shown(session);
    await page.locator("h1", { hasText: name }).waitFor();
    await page.ended();
    return page;
  };

  test.each([".docx", ".pdf"])("a %s file is opened as text, with its clauses marked", (ending) =>
    session.step(`open ${ending}`, async () => {
      const page = await openAsText(`contract-en${ending}`);
      expect(await page.count()).toBeGreaterThan(2);
      await page.editor.lenses.filter({ hasText: "§" }).first().waitFor();
      await inThreeThemes(session, page.panel, (theme) => session.picture(environment.results, `text ${ending} ${theme}`));
    }));

  test("a scanned PDF is refused in a sentence", () =>
    session.step("scanned", async () => {
      await runCommand(session.page, "View: Show Explorer");
      await inExplorer("scanned.pdf").click({ button: "right" });
      await chooseOpenAsText();
      const toast = session.page.locator(".notifications-toasts .notification-list-item", { hasText: "scanned.pdf" }).filter({ hasText: "Show Log" });
      await toast.first().waitFor();
      expect((await toast.first().innerText()).length).toBeGreaterThan(40);
      await toast.first().hover();
      await toast.locator(".codicon-notifications-clear").first().click();
    }));

  test("the text is still there after a reload of the window, and so are the findings", () =>
    session.step("reload", async () => {
      const before = await (await AnalysisPage.shown(session)).count();
      await session.reload();
      const page = await AnalysisPage.shown(session);
      await until(async () => (await page.count()) === before, "the findings are back");
    }));

  test("categories of one's own are found", () =>
    session.step("own", async () => {
      await openFile(session.page, "supply-agreement.md");
      await runCommand(session.page, "Decant: Edit Clause Categories");
      await session.page.locator(".tabs-container .tab.active", { hasText: "categories.json" }).waitFor();
      await session.picture(environment.results, "own categories");
      const categories = [{ name: "Spare Parts", severity: "warning", description: "Spare parts are sold after the end.", examples: ["For a period of five years after the expiration or termination of this Agreement, Supplier shall continue to sell spare parts for the Products to Buyer."] }];
      await writeFile(session.workspace.path(".decant/categories.json"), `// My own\n${JSON.stringify({ categories }, undefined, 2)}`);
      const page = await AnalysisPage.analyse(session, "supply-agreement.md");
      await page.finding("Spare Parts").first().waitFor();
    }));

  test("a document that is closed while it is read ends its reading", () =>
    session.step("closed", async () => {
      await openFile(session.page, "long.md");
      await runCommand(session.page, "Decant: Analyse Document");
      const toast = session.page.locator(".notifications-toasts .notification-list-item", { hasText: "Analysing long.md" });
      await toast.first().waitFor();
      await session.page.locator(".tabs-container .tab", { hasText: /^long\.md/ }).click();
      await runCommand(session.page, "View: Close Editor");
      await toast.first().waitFor({ state: "detached", timeout: 60_000 });
      // The next document is read as if nothing had been.
      const page = await AnalysisPage.analyse(session, "supply-agreement.md");
      expect(await page.count()).toBeGreaterThan(4);
    }));

  test("a large file, which VS Code hands over late, is not taken for another one", () =>
    session.step("large", async () => {
      await openFile(session.page, "large.txt");
      await runCommand(session.page, "Decant: Analyse Document");
      const toast = session.page.locator(".notifications-toasts .notification-list-item", { hasText: "Analysing large.txt" });
      await toast.first().waitFor();
      await toast.first().hover();
      await toast.locator(".monaco-button", { hasText: "Cancel" }).first().click();
      await toast.first().waitFor({ state: "detached", timeout: 60_000 });
    }));

  test("5 MB on one line end in findings or in a sentence, and the editor goes on", () =>
    session.step("one line", async () => {
      await openFile(session.page, "line.txt");
      await runCommand(session.page, "Decant: Analyse Document");
      const toast = session.page.locator(".notifications-toasts .notification-list-item", { hasText: /line\.txt/ });
      await toast.first().waitFor();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      if ((await toast.locator(".monaco-button", { hasText: "Cancel" }).count()) > 0) await toast.locator(".monaco-button", { hasText: "Cancel" }).first().click();
      await session.page.locator(".notifications-toasts .notification-list-item", { hasText: "Analysing" }).waitFor({ state: "detached", timeout: 60_000 });
      const page = await AnalysisPage.analyse(session, "supply-agreement.md");
      expect(await page.count()).toBeGreaterThan(4);
      // What a cancelled job had needs a moment to end; a leak never does.
      await until(() => runtimeProcesses().filter((pid) => !others.includes(pid)).length < 2, "one process is left");
    }));
});
