import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AnalysisPage, inThreeThemes } from "./workbench/analysis";
import type { Editor } from "./workbench/editor";
import { environment } from "./workbench/environment";
import { runCommand } from "./workbench/palette";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace } from "./workbench/workspace";

describe("a contract in the editor", () => {
  let session: Session;
  let page: AnalysisPage;
  let editor: Editor;

  beforeAll(async () => {
    session = await Session.open(await Workspace.create("analysis"));
  });
  afterAll(async () => {
    await session?.close();
  });

  test("Analyse Document marks its clauses", () =>
    session.step("analyse", async () => {
      await session.useTheme("Dark Modern");
      page = await AnalysisPage.analyse(session, "supply-agreement.md");
      ({ editor } = page);
      await editor.squiggles.first().waitFor();
      await editor.lenses.filter({ hasText: /§ .+ · [01]\.\d\d/ }).first().waitFor();
    }));

  test("the panel lists the same findings", () =>
    session.step("list", async () => {
      const listed = await page.count();
      expect(listed).toBeGreaterThan(4);
      expect(await page.locator(".finding").count()).toBe(listed);
      await until(async () => (await editor.problems()) === listed, "the Problems count equals the list's");
      await page.finding("Governing Law").first().waitFor();
    }));

  test("it says what such contracts usually have, and fills facts and obligations by patterns", () =>
    session.step("patterns", async () => {
      await page.locator(".missing").waitFor();
      await page.locator(".missing .kind", { hasText: "Supply Agreement" }).waitFor();
      expect(await page.count("facts")).toBeGreaterThan(4);
      expect(await page.count("obligations")).toBeGreaterThan(4);
      await page.tab("facts");
      await page.locator(".statement", { hasText: "Halvorsen Marine Components" }).first().waitFor();
      const date = page.locator(".statement", { hasText: "March 2, 2026" }).first();
      await editor.goToLine(20);
      await date.click();
      await until(async () => (await editor.line()) === 3, "the cursor is at the date");
      await page.tab("obligations");
      await page.locator(".statement", { hasText: /deliver/ }).first().waitFor();
      await page.tab("clauses");
    }));

  test("a click in the list goes to the passage", () =>
    session.step("go", async () => {
      await page.goes(page.locator(".finding").last());
    }));

  test("Alt+F7 goes from finding to finding, and back", () =>
    session.step("keys", async () => {
      await editor.goToLine(1);
      const lines: number[] = [];
      for (let times = 0; times < 3; times++) {
        const before = await editor.line();
        await session.page.keyboard.press("Alt+F7");
        await until(async () => ![before, Number.NaN].includes(await editor.line()), "the cursor is at the next finding");
        lines.push(await editor.line());
      }
      expect(lines).toEqual([...lines].sort((a, b) => a - b));
      await session.page.keyboard.press("Shift+Alt+F7");
      await until(async () => (await editor.line()) === lines[1], "the cursor is at the finding before");
    }));

  test("the hover tells category, probability, why it matters and how usual it is", () =>
    session.step("hover", async () => {
      await page.goes(page.finding("Governing Law").first());
      const hover = await editor.hoverHere();
      await hover.filter({ hasText: "Why it matters:" }).filter({ hasText: /probability\s[01]\.\d\d/ }).filter({ hasText: /\d+\sof\s\d+\scontracts\sof\sthis\skind/ }).first().waitFor();
      await hover.locator("a", { hasText: "Ignore category" }).first().waitFor();
      await session.page.keyboard.press("Escape");
    }));

  test("the status bar shows the model and its memory", () =>
    session.step("status", async () => {
      const status = session.page.locator('.statusbar-item[id="decant.decant.decant.status"], .statusbar-item[id^="decant.decant"]').first();
      await until(async () => /F16|Q\d/.test(await status.innerText()) && /[MG]i?B/.test(await status.innerText()), "model and memory are in the status bar");
    }));

  test("the outline lists the clauses", () =>
    session.step("outline", async () => {
      await editor.goToLine(1);
      await session.page.keyboard.press("Control+Shift+O");
      await session.page.locator(".quick-input-list .monaco-list-row", { hasText: "§" }).first().waitFor();
      await session.page.keyboard.press("Escape");
    }));

  test("Explain says what it needs where the model cannot", () =>
    session.step("unable", async () => {
      await page.goes(page.locator('.finding[data-severity="warning"]').first());
      await editor.lenses.filter({ hasText: "Explain" }).locator("visible=true").first().click();
      const toast = session.page.locator(".notifications-toasts .notification-list-item", { hasText: /no chat template; questions need an instruct model of about 1\.5/ });
      await toast.first().waitFor();
      await toast.locator(".monaco-button", { hasText: "Choose Model…" }).first().waitFor();
      await toast.first().hover();
      await toast.locator(".codicon-notifications-clear").first().click();
    }));

  test("breaks no rule of its content security policy", async () => {
    expect(await page.panel.violations()).toEqual([]);
  });

  test("is readable in three themes", () =>
    session.step("themes", async () => {
      await session.page.locator(".activitybar .action-item a[aria-label^='Decant']").click();
      const grave = page.locator('.finding[data-severity="error"]');
      await ((await grave.count()) > 0 ? grave.first() : page.locator(".finding").last()).click();
      await editor.lenses.locator("visible=true").first().waitFor(); // Lenses above the passage are there too, unseen.
      await inThreeThemes(session, page.panel, async (theme) => {
        await session.picture(environment.results, `contract ${theme}`);
        if (environment.screenshots && theme !== "Default High Contrast") {
          await session.picture(environment.screenshots, `contract ${theme === "Dark Modern" ? "dark" : "light"}`);
        }
      });
    }));

  test("findings move with the text, and what changed is read again", () =>
    session.step("edit", async () => {
      const before = await page.count();
      const lawLine = async (): Promise<number> => Number(/\d+/.exec(await page.finding("Governing Law").first().locator(".line").innerText())?.[0]);
      const line = await lawLine();
      await editor.goToLine(1);
      await session.page.keyboard.type("DRAFT\n\n");
      await until(async () => /\d+ of \d+ passages/.test(await page.locator("header .facts").innerText()), "the panel tells what came from the cache");
      await page.ended();
      await page.locator(".notice.stale").waitFor({ state: "hidden" });
      expect(Math.abs((await page.count()) - before)).toBeLessThan(3);
      expect(await lawLine()).toBe(line + 2);
      await until(async () => {
        await session.page.keyboard.press("Control+Z");
        return (await lawLine()) === line;
      }, "the text is as it was");
      await until(async () => (await page.count()) === before, "the findings are as they were");
    }));

  test("Clear Findings takes every mark away", () =>
    session.step("clear", async () => {
      await runCommand(session.page, "Decant: Clear Findings");
      await editor.squiggles.first().waitFor({ state: "detached" });
      await editor.lenses.first().waitFor({ state: "detached" });
      expect(await editor.problems()).toBe(0);
    }));
});
