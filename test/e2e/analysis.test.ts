import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Editor } from "./workbench/editor";
import { environment } from "./workbench/environment";
import { openFile, runCommand } from "./workbench/palette";
import { Panel } from "./workbench/panel";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace } from "./workbench/workspace";

describe("a contract in the editor", () => {
  let session: Session;
  let editor: Editor;
  let panel: Panel;

  beforeAll(async () => {
    session = await Session.open(await Workspace.create("analysis"));
    editor = new Editor(session.page);
  });
  afterAll(async () => {
    await session?.close();
  });

  test("Analyse Document marks its clauses", () =>
    session.step("analyse", async () => {
      await session.useTheme("Dark Modern");
      await openFile(session.page, "supply-agreement.md");
      await runCommand(session.page, "Decant: Analyse Document");
      panel = await Panel.ready(session.page, "analysis");
      await editor.squiggles.first().waitFor();
      await editor.lenses.filter({ hasText: /§ .+ · 0\.\d\d/ }).first().waitFor();
    }));

  test("the panel lists the same findings by category", () =>
    session.step("list", async () => {
      await panel.locator(".finding").first().waitFor();
      await session.page.locator(".notifications-toasts .notification-list-item", { hasText: "Analysing" }).waitFor({ state: "detached" });
      const listed = await panel.locator(".finding").count();
      expect(listed).toBeGreaterThan(4);
      await until(async () => (await editor.problems()) === listed, "the Problems count equals the list's");
      await panel.locator("body", { hasText: "Governing Law" }).waitFor();
    }));

  test("a click in the list goes to the passage", () =>
    session.step("go", async () => {
      const last = panel.locator(".finding").last();
      const line = Number(/\d+/.exec(await last.locator(".line").innerText())?.[0]);
      await editor.goToLine(line > 2 ? 1 : 10);
      expect(await editor.line()).not.toBe(line);
      await last.click();
      await until(async () => (await editor.line()) === line, `the cursor is on line ${line}`);
    }));

  test("the hover tells category, probability and why it matters", () =>
    session.step("hover", async () => {
      const hover = await editor.hoverHere();
      await hover.filter({ hasText: "Why it matters:" }).filter({ hasText: /probability\s[01]\.\d\d/ }).first().waitFor();
      await session.page.keyboard.press("Escape");
    }));

  test("the status bar shows the model and its memory", () =>
    session.step("status", async () => {
      const status = session.page.locator('.statusbar-item[id^="decant.decant"]').first();
      await until(async () => /F16/.test(await status.innerText()) && /[MG]i?B/.test(await status.innerText()), "model and memory are in the status bar");
    }));

  test("breaks no rule of its content security policy", async () => {
    expect(await panel.violations()).toEqual([]);
  });

  test("is readable in three themes", () =>
    session.step("themes", async () => {
      await session.page.locator(".activitybar .action-item a[aria-label^='Decant']").click();
      const grave = panel.locator('.finding[data-severity="error"]');
      await ((await grave.count()) > 0 ? grave.first() : panel.locator(".finding").last()).click();
      await editor.lenses.locator("visible=true").first().waitFor(); // Lenses above the passage are there too, unseen.
      for (const theme of ["Default High Contrast", "Light Modern", "Dark Modern"] as const) {
        await session.useTheme(theme);
        await panel.locator(theme === "Light Modern" ? "body.vscode-light" : theme === "Dark Modern" ? "body.vscode-dark" : "body.vscode-high-contrast").waitFor();
        await session.picture(environment.results, `contract ${theme}`);
        if (environment.screenshots && theme !== "Default High Contrast") {
          await session.picture(environment.screenshots, `contract ${theme === "Dark Modern" ? "dark" : "light"}`);
        }
      }
    }));

  test("findings move with the text, and go when asked", () =>
    session.step("edit", async () => {
      const before = await editor.problems();
      await editor.goToLine(1);
      await session.page.keyboard.type("DRAFT\n\n");
      await until(async () => (await editor.problems()) >= before - 1, "the findings are still there");
      const dirty = session.page.locator(".tabs-container .tab.dirty");
      await until(async () => {
        await session.page.keyboard.press("Control+Z");
        return (await dirty.count()) === 0;
      }, "the text is as it was");
    }));

  test("Clear Findings takes every mark away", () =>
    session.step("clear", async () => {
      await runCommand(session.page, "Decant: Clear Findings");
      await editor.squiggles.first().waitFor({ state: "detached" });
      await editor.lenses.first().waitFor({ state: "detached" });
      expect(await editor.problems()).toBe(0);
    }));
});
