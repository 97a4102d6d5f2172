import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { environment } from "./workbench/environment";
import { QuickPick } from "./workbench/quickPick";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { TradeoffsPage } from "./workbench/tradeoffs";
import { Workspace, removeMadeLevels, removeResults } from "./workbench/workspace";

describe("what the tradeoff panel plans without measuring", () => {
  let session: Session;
  let page: TradeoffsPage;

  beforeAll(async () => {
    await removeMadeLevels();
    await removeResults();
    session = await Session.open(await Workspace.create("tradeoff plans"));
    await session.useTheme("Dark Modern");
    page = await TradeoffsPage.open(session);
    await page.cell("Q4_K_M", "kl").locator("em.foretold").waitFor();
    await page.idle();
  });
  afterAll(async () => {
    await session?.close();
    await removeMadeLevels();
    await removeResults();
  });

  test("another machine changes where levels run", () =>
    session.step("plans-machine", async () => {
      const machine = page.locator("select.machine-choice");
      await page.cell("Q4_K_M", "fit").filter({ hasText: /^(RAM|GPU)$/ }).waitFor();
      await machine.selectOption({ label: "Desktop with 24 GB VRAM and 64 GB RAM" });
      await page.cell("Q4_K_M", "fit").filter({ hasText: "GPU" }).waitFor();
      await page.locator(".machine-row h3", { hasText: "on the GPU" }).waitFor();
      await machine.selectOption({ label: "Server with 128 GB RAM, no GPU" });
      await page.cell("Q4_K_M", "fit").filter({ hasText: "RAM" }).waitFor();
      await machine.selectOption({ label: "This machine" });
    }));

  test("numbers of one's own are asked for", () =>
    session.step("plans-own-machine", async () => {
      await page.locator("select.machine-choice").selectOption({ label: "Own numbers…" });
      const picker = new QuickPick(session.page);
      for (const [question, gigabytes] of [["RAM of the machine", "8"], ["Video memory", "4"]] as const) {
        await picker.widget.filter({ hasText: question }).waitFor();
        await picker.filter(gigabytes);
        await session.page.keyboard.press("Enter");
      }
      await page.locator(".machine-head", { hasText: "8.0 GiB RAM" }).waitFor();
      await page.cell("Q4_K_M", "fit").filter({ hasText: "GPU" }).waitFor();
      await page.locator("select.machine-choice").selectOption({ label: "This machine" });
    }));

  test("a mix for a size gets a row; a size that nothing reaches gets a sentence", () =>
    session.step("plans-mix", async () => {
      const size = page.locator(".mix vscode-text-field input").first();
      await size.fill("0.5 MB");
      await page.locator("vscode-button.find-mix").click();
      await page.locator(".mix-answer.poor", { hasText: "No mix is as small as" }).waitFor();
      expect(await page.row("mix-1").count()).toBe(0);
      await size.fill("4.2 MiB");
      await page.locator("vscode-button.find-mix").click();
      await page.row("mix-1").waitFor();
      const bytes = await page.number("mix-1", "size");
      expect(bytes).toBeLessThanOrEqual(4.2);
      expect(bytes).toBeGreaterThan(3.9);
      expect(await page.cell("mix-1", "kl").innerText()).toMatch(/^~/);
      await page.locator(".plot .labels text", { hasText: "Mix" }).waitFor();
    }));

  test("plain words give each term of people's documents its stars", () =>
    session.step("plans-words", async () => {
      await page.view("words");
      for (const term of ["FP16", "INT8", "INT4", "GPTQ", "Q4_0", "Q4_1", "Q5_0", "Q8_0"]) await page.locator(`tr[data-term="${term}"]`).waitFor();
      const stars = async (term: string): Promise<number> => Number((await page.locator(`tr[data-term="${term}"] .stars`).getAttribute("title"))?.[0]);
      expect(await stars("FP16")).toBe(5);
      expect(await stars("INT4")).toBeLessThan(await stars("INT8"));
      await page.locator('tr[data-term="INT8"] .plain-words', { hasText: /1\.\d times smaller/ }).waitFor();
      await session.picture(environment.results, "tradeoffs words");
    }));

  test("errors by tensor have a cell for every matrix of the model", () =>
    session.step("plans-tensors", async () => {
      await page.view("tensors");
      await page.locator(".heat-grid").waitFor();
      const blocks = await page.locator(".heat-grid thead th").count();
      expect(blocks).toBeGreaterThan(1);
      expect(await page.locator(".heat-cell").count()).toBeGreaterThanOrEqual(7 * blocks);
      await page.locator(".heat-cell").first().hover();
      await page.locator(".heat-told strong", { hasText: "blk.0." }).waitFor();
      await page.locator(".hurt", { hasText: "are expected to cost" }).waitFor();
      await session.picture(environment.results, "tradeoffs tensors");
      await page.view("numbers");
    }));

  test("exports a report as Markdown", () =>
    session.step("plans-export", async () => {
      await page.pick("vscode-button.export", /Markdown/);
      const dialog = session.page.locator(".quick-input-widget:visible", { hasText: "OK" });
      const field = dialog.locator('input[type="text"]');
      await until(async () => (await field.inputValue()).endsWith("tradeoffs.md"), "the dialog proposes a name");
      await dialog.locator(".monaco-button", { hasText: "OK" }).click();
      await session.page.locator(".tabs-container .tab", { hasText: "contracts-5m-tradeoffs.md" }).waitFor();
      const report = await readFile(session.workspace.path("contracts-5m-tradeoffs.md"), "utf8");
      expect(report).toMatch(/^# /);
      expect(report).toMatch(/\| *Q4_K_M/);
    }));

  test("calibrating on the document makes a matrix, and levels possible that need one", () =>
    session.step("plans-calibrate", async () => {
      await page.list("all");
      await page.locator('.numbers tr.impossible[data-level="IQ2_XS"]').waitFor();
      await page.pick("vscode-button.calibrate", /This document/);
      await page.locator(".calibration .chip", { hasText: /imatrix.*1 document/ }).waitFor({ timeout: 120_000 });
      await page.locator('.numbers tr[data-level="IQ2_XS"]:not(.impossible)').waitFor();
      await page.cell("IQ2_XS", "kl").locator("em.foretold").waitFor({ timeout: 150_000 });
    }));

  test("breaks no rule of its content security policy", async () => {
    expect(await page.panel.violations()).toEqual([]);
  });
});
