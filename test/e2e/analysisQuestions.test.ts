import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeChatModel } from "../runtime/chatModel";
import { AnalysisPage, inThreeThemes } from "./workbench/analysis";
import { environment } from "./workbench/environment";
import { runCommand } from "./workbench/palette";
import { QuickPick } from "./workbench/quickPick";
import { Session } from "./workbench/session";
import { Workspace } from "./workbench/workspace";

const work = { timeout: 150_000 };

/** The sample model with a chat template: it writes nonsense, but all that surrounds an instruct model can be seen. */
describe("an instruct model", () => {
  let session: Session;
  let page: AnalysisPage;

  beforeAll(async () => {
    const workspace = await Workspace.create("questions");
    writeChatModel(join(workspace.folder, "talker-F16.gguf"), { context: 4096, cue: true });
    session = await Session.open(workspace);
    await session.useTheme("Dark Modern");
    page = await AnalysisPage.analyse(session, "supply-agreement.md");
  });
  afterAll(async () => {
    await session?.close();
  });

  test("is named where the one that read the document cannot answer", () =>
    session.step("unable", async () => {
      await page.editor.lenses.filter({ hasText: "§" }).first().waitFor();
      await page.tab("questions");
      await page.locator(".ability", { hasText: "no chat template" }).first().waitFor();
      expect(await page.locator(".ask-box textarea").isDisabled()).toBe(true);
      await session.picture(environment.results, "ask unable");
    }));

  test("lights up the questions when it is chosen to answer", () =>
    session.step("choose", async () => {
      const picker = new QuickPick(session.page);
      await page.locator(".model-choice").click();
      await picker.widget.locator(".monaco-list-row", { hasText: "talker" }).first().click();
      await picker.widget.locator(".monaco-list-row", { hasText: "Let it answer and write" }).first().click();
      await page.locator(".ask-box textarea:not([disabled])").waitFor();
    }));

  test("answers a question, with quotes that were found or are marked", () =>
    session.step("ask", async () => {
      await page.locator(".ask-box textarea").fill("Who may terminate this Agreement?");
      await session.page.keyboard.press("Enter");
      const turn = page.locator(".turn", { hasText: "Who may terminate this Agreement?" });
      await turn.locator(".print", { hasText: /first word after/ }).waitFor(work);
      for (const quote of await turn.locator(".quoted").all()) {
        expect((await quote.locator(".quote-link").count()) + (await quote.locator(".not-found").count())).toBe(1);
      }
    }));

  test("Ask About Document… asks in the same conversation, and tells what cost nothing", () =>
    session.step("again", async () => {
      await runCommand(session.page, "Decant: Ask About Document…");
      await new QuickPick(session.page).filter("Which law governs it?");
      await session.page.keyboard.press("Enter");
      await page.locator(".turn", { hasText: "Which law governs it?" }).locator(".print", { hasText: /reused/ }).waitFor(work);
      expect(await page.locator(".turn").count()).toBe(2);
      await inThreeThemes(session, page.panel, (theme) => session.picture(environment.results, `ask ${theme}`));
      expect(await page.panel.violations()).toEqual([]);
    }));

  test("reads facts part by part, and can be stopped", () =>
    session.step("facts", async () => {
      await page.tab("facts");
      const before = await page.count("facts");
      await runCommand(session.page, "Decant: Read Facts");
      await page.locator("header vscode-button.stop").waitFor();
      await page.locator("header vscode-button.stop").click();
      await page.locator("header vscode-button.again").waitFor(work);
      expect(await page.count("facts")).toBeGreaterThanOrEqual(before > 0 ? 1 : 0);
      expect(await page.count()).toBeGreaterThan(4);
    }));
});
