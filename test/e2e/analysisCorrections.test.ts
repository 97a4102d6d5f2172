import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AnalysisPage } from "./workbench/analysis";
import { Notifications } from "./workbench/notifications";
import { runCommand } from "./workbench/palette";
import { QuickPick } from "./workbench/quickPick";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace, removeDocuments } from "./workbench/workspace";

describe("what a person says of findings", () => {
  let session: Session;
  let page: AnalysisPage;
  let all: number;

  beforeAll(async () => {
    await removeDocuments();
    session = await Session.open(await Workspace.create("corrections"));
    page = await AnalysisPage.analyse(session, "supply-agreement.md");
    all = await page.count();
  });
  afterAll(async () => {
    await session?.close();
    await removeDocuments();
  });

  test("“Not a clause” takes a finding away, also from the next reading", () =>
    session.step("reject", async () => {
      const before = await page.finding("Governing Law").count();
      await page.reject(page.finding("Governing Law").first());
      await until(async () => (await page.finding("Governing Law").count()) === before - 1, "the finding is gone");
      await page.again();
      expect(await page.finding("Governing Law").count()).toBe(before - 1);
      expect(await page.count()).toBe(all - 1);
    }));

  test("“Mark as Clause…” adds what the model has missed", () =>
    session.step("accept", async () => {
      await page.editor.goToLine(3);
      await session.page.keyboard.press("Home");
      await session.page.keyboard.press("Shift+End");
      await runCommand(session.page, "Decant: Mark as Clause…");
      const picker = new QuickPick(session.page);
      await picker.filter("Third Party Beneficiary");
      await picker.choose("Third Party Beneficiary");
      await page.finding("Third Party Beneficiary").locator(".by-hand").waitFor();
      expect(await page.count()).toBe(all);
      await page.editor.lenses.filter({ hasText: "§ Third Party Beneficiary · by hand" }).first().waitFor();
    }));

  test("corrections and the panel outlive a reload of the window", () =>
    session.step("reload", async () => {
      await session.reload();
      page = await AnalysisPage.shown(session);
      await page.finding("Third Party Beneficiary").locator(".by-hand").waitFor();
      expect(await page.count()).toBe(all);
      await page.editor.lenses.filter({ hasText: "§" }).first().waitFor();
    }));

  test("they are exported as labelled data", () =>
    session.step("export", async () => {
      const file = session.workspace.path("labels.jsonl");
      await runCommand(session.page, "Decant: Export Corrections as Labels…");
      await new QuickPick(session.page).filter(file);
      await session.page.keyboard.press("Enter");
      const notifications = new Notifications(session.page);
      await notifications.toast("One document's labels are in labels.jsonl").waitFor();
      await notifications.dismissAll();
      await until(async () => (await readFile(file, "utf8").catch(() => "")).endsWith("\n"), "the labels are written");
      const [line = ""] = (await readFile(file, "utf8")).split("\n");
      const labels = JSON.parse(line) as { file: string; spans: Record<string, [number, number][]>; rejected: Record<string, [number, number][]> };
      const text = await readFile(session.workspace.path("supply-agreement.md"), "utf8");
      expect(labels.file).toBe("supply-agreement.md");
      expect(text.slice(...(labels.spans["Third Party Beneficiary"]?.[0] ?? [0, 0]))).toMatch(/^This Supply Agreement/);
      expect(text.slice(...(labels.rejected["Governing Law"]?.[0] ?? [0, 0]))).toMatch(/governed/);
    }));

  test("an ignored category goes from text and list, until it is shown again", () =>
    session.step("ignore", async () => {
      await page.goes(page.finding("Third Party Beneficiary").first());
      await runCommand(session.page, "Decant: Ignore Category");
      await page.finding("Third Party Beneficiary").waitFor({ state: "detached" });
      const notifications = new Notifications(session.page);
      await notifications.press(notifications.toast("is ignored in every document"), "Undo");
      await page.finding("Third Party Beneficiary").waitFor();
    }));

  test("the filter by severity holds in text and list", () =>
    session.step("filter", async () => {
      const errors = await page.locator('.finding[data-severity="error"]').count();
      await runCommand(session.page, "Decant: Filter Findings by Severity…");
      await new QuickPick(session.page).widget.locator(".monaco-list-row", { hasText: "Errors only" }).click();
      await until(async () => (await page.count()) === errors, "only errors are listed");
      await until(async () => (await page.editor.problems()) === errors, "only errors are marked");
      await runCommand(session.page, "Decant: Filter Findings by Severity…");
      await new QuickPick(session.page).widget.locator(".monaco-list-row", { hasText: "Everything" }).click();
      await until(async () => (await page.count()) === all, "all is listed again");
    }));
});
