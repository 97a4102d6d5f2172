import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AnalysisPage, inThreeThemes } from "./workbench/analysis";
import { Editor } from "./workbench/editor";
import { environment } from "./workbench/environment";
import { ModelsTree } from "./workbench/modelsTree";
import { Notifications } from "./workbench/notifications";
import { openFile, runCommand } from "./workbench/palette";
import { QuickPick } from "./workbench/quickPick";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace, filesIn, removeMadeLevels } from "./workbench/workspace";

const work = { timeout: 150_000 };

describe("where compression hurts", () => {
  let session: Session;
  let editor: Editor;

  beforeAll(async () => {
    await removeMadeLevels();
    session = await Session.open(await Workspace.create("heat"));
    editor = new Editor(session.page);
    await session.useTheme("Dark Modern");
    await openFile(session.page, "supply-agreement.md");
  });
  afterAll(async () => {
    await session?.close();
    await removeMadeLevels();
  });

  /** Number of places in the editor on the screen that a colour of the heat map stands behind. */
  const coloured = (): Promise<number> => session.page.evaluate<number>(`[...document.querySelectorAll(".monaco-editor .view-overlays .cdr")]
    .filter((mark) => /ced-/.test(mark.className) && !["rgba(0, 0, 0, 0)", "transparent"].includes(getComputedStyle(mark).backgroundColor)).length`);

  test("Q2_K against F16 colours tokens of the document, with a line above each section", () =>
    session.step("colour", async () => {
      await runCommand(session.page, "Decant: Show Where Compression Hurts…");
      const picker = new QuickPick(session.page);
      await picker.row("Q8_0").waitFor(work);
      await picker.filter("Q2_K");
      await picker.choose("Q2_K");
      const toast = session.page.locator(".notifications-toasts .notification-list-item", { hasText: "Comparing Q2_K" });
      await toast.first().waitFor();
      await toast.first().waitFor({ state: "detached", ...work });
      await editor.lenses.filter({ hasText: /Where compression hurts: Q2_K against F16 · mean [\d.]+ in this section/ }).first().waitFor();
      await until(async () => (await coloured()) > 5, "tokens are coloured");
      const status = session.page.locator(".statusbar-item", { hasText: /Q2_K against F16: [\d.]+/ });
      expect(Number(/: ([\d.]+)/.exec(await status.innerText())?.[1])).toBeGreaterThan(0.01);
      // The level was made for this alone.
      expect((await filesIn(join(environment.levelsFolder, "..", "scratch")).catch(() => [])).length).toBe(0);
    }));

  test("the hover tells what both models expected", () =>
    session.step("hover", async () => {
      await editor.goToLine(3);
      const hover = await editor.hoverHere();
      await hover.filter({ hasText: /F16\sexpected\s“/ }).filter({ hasText: /Q2_K\sexpected\s“/ }).filter({ hasText: /KL\sdivergence\s[\d.]+\snats/ }).first().waitFor();
      await session.picture(environment.results, "heat hover");
      await session.page.keyboard.press("Escape");
    }));

  test("is readable in three themes", () =>
    session.step("themes", async () => {
      await editor.goToLine(20);
      await inThreeThemes(session, undefined, async (theme) => {
        await session.picture(environment.results, `heat ${theme}`);
        if (environment.screenshots && theme !== "Default High Contrast") await session.picture(environment.screenshots, `heat ${theme === "Dark Modern" ? "dark" : "light"}`);
      });
    }));

  test("an edit takes the colour from what was edited and leaves the rest", () =>
    session.step("edit", async () => {
      const before = await coloured();
      await editor.goToLine(20);
      await session.page.keyboard.press("Home");
      await session.page.keyboard.type("Draft. ");
      await until(async () => Math.abs((await coloured()) - before) <= 3, "the colours stay");
      await session.page.keyboard.press("Control+Z");
    }));

  test("a click in the status bar hides it", () =>
    session.step("hide", async () => {
      await session.page.locator(".statusbar-item", { hasText: "Q2_K against F16" }).click();
      await until(async () => (await coloured()) === 0, "no token is coloured");
      await editor.lenses.first().waitFor({ state: "detached" });
      await session.page.locator(".statusbar-item", { hasText: "Q2_K against F16" }).waitFor({ state: "detached" });
    }));

  test("Compare Findings… shows what another level finds, as a diff", () =>
    session.step("compare", async () => {
      const tree = new ModelsTree(session.page);
      const notifications = new Notifications(session.page);
      const picker = new QuickPick(session.page);
      await tree.open();
      await tree.menu(tree.item(/^F16/), "Quantize");
      await picker.row("Q8_0").waitFor(work);
      await picker.filter("Q2_K");
      await picker.choose("Q2_K");
      await notifications.toast(/Q2_K\.gguf is ready/).waitFor(work);
      await notifications.dismissAll();
      const page = await AnalysisPage.analyse(session, "supply-agreement.md");
      await page.locator("vscode-button.compare").click();
      await picker.widget.locator(".monaco-list-row", { hasText: "Q2_K" }).first().click();
      const rows = page.locator(".comparison tr.compared");
      await rows.first().waitFor(work);
      expect(await rows.count()).toBeGreaterThan(4);
      expect(await page.locator('.comparison tr.compared[data-side="both"]').count()).toBeGreaterThan(0);
      await inThreeThemes(session, page.panel, (theme) => session.picture(environment.results, `comparison ${theme}`));
      await page.locator("vscode-button.close-comparison").click();
      await page.locator(".finding").first().waitFor();
      expect(await page.panel.violations()).toEqual([]);
    }));

  test("a heat map can be cancelled, and leaves nothing behind", () =>
    session.step("cancel", async () => {
      await editor.goToLine(1);
      await runCommand(session.page, "Decant: Show Where Compression Hurts…");
      const picker = new QuickPick(session.page);
      await picker.row("Q2_K").waitFor(work);
      await picker.filter("Q3_K_M");
      await picker.choose("Q3_K_M");
      const notifications = new Notifications(session.page);
      const toast = notifications.toast("Comparing Q3_K_M");
      await notifications.press(toast, "Cancel");
      await toast.waitFor({ state: "detached" });
      await until(async () => (await filesIn(join(environment.levelsFolder, "..", "scratch")).catch(() => [])).length === 0, "the scratch folder is empty");
    }));
});
