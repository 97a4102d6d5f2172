import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { environment } from "./workbench/environment";
import { Session } from "./workbench/session";
import { TradeoffsPage } from "./workbench/tradeoffs";
import { Workspace, removeMadeLevels, removeResults } from "./workbench/workspace";

const common = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"];
const first = ["Q8_0", "Q2_K"];
/** Each measured version also reads the labelled contracts. */
const measuring = 420_000;

describe("the tradeoff panel", () => {
  let session: Session;
  let page: TradeoffsPage;
  /** Of a forecast before anything was measured. */
  let uncertainty: number;

  beforeAll(async () => {
    await removeMadeLevels();
    await removeResults();
    session = await Session.open(await Workspace.create("tradeoffs"));
  });
  afterAll(async () => {
    await session?.close();
    await removeMadeLevels();
    await removeResults();
  });

  test("opens from the tree with every level's exact size", () =>
    session.step("tradeoffs-open", async () => {
      await session.useTheme("Dark Modern");
      page = await TradeoffsPage.open(session);
      await page.list("all");
      await page.row("IQ4_XS").waitFor();
      expect(await page.locator(".numbers tbody tr").count()).toBeGreaterThan(15);
      await page.list("main");
      await page.row("IQ4_XS").waitFor({ state: "hidden" });
      await page.locator(".measured-on", { hasText: "supply-agreement.md" }).waitFor();
    }));

  test("foretells every level that can be made, before anything is measured", () =>
    session.step("tradeoffs-forecasts", async () => {
      await page.cell("Q4_K_M", "kl").locator("em.foretold").waitFor();
      await page.idle();
      const cells = page.locator(".numbers tbody tr:not(.impossible) td.kl");
      const texts = (await cells.allInnerTexts()).slice(1); // The original has no difference from itself.
      expect(texts.length).toBeGreaterThan(15);
      for (const text of texts) expect(text).toMatch(/^~[\d.]+/);
      expect(await page.locator(".chart-area .point").count()).toBe(texts.length);
      expect(await page.locator(".chart-area .point:not(.foretold)").count()).toBe(0);
      await page.locator("section.advice", { hasText: "Foretold, not measured yet." }).waitFor();
    }));

  test("stops when asked: what was measured until then stays, and waits to be gone on with", () =>
    session.step("tradeoffs-stop", async () => {
      uncertainty = await page.uncertainty("Q5_K_M");
      await page.tick(first);
      await page.locator("vscode-button.measure", { hasText: "Measure 2" }).click();
      await page.locator(".progress-label", { hasText: /chunk [1-3] of/ }).waitFor();
      await page.locator("vscode-button.stop").click();
      await page.locator("vscode-button.measure", { hasText: "Go on" }).waitFor();
      expect(await page.locator('tr[data-status="measuring"], tr[data-status="waiting"]').count()).toBe(0);
      expect(await page.cell("Q8_0", "kl").innerText()).toMatch(/^[\d.]+/);
    }));

  test("goes on with two levels: their points fill, and the forecasts of the others sharpen", () =>
    session.step("tradeoffs-two", async () => {
      await page.measure();
      for (const level of first) {
        await page.locator(`.numbers tr[data-level="${level}"][data-status="measured"]`).waitFor();
        expect(await page.cell(level, "kl").innerText()).toMatch(/^[\d.]+/);
        expect(await page.point(level).getAttribute("class")).not.toContain("foretold");
        expect(await page.number(level, "speed")).toBeGreaterThan(0);
      }
      expect(await page.point("Q5_K_M").getAttribute("class")).toContain("foretold");
      expect(await page.uncertainty("Q5_K_M")).toBeLessThan(0.9 * uncertainty);
      await page.locator("vscode-button.measure", { hasText: "Go on" }).waitFor({ state: "detached" });
    }), measuring);

  test("reads labelled contracts with what was measured", () =>
    session.step("tradeoffs-clauses", async () => {
      for (const level of ["base", ...first]) {
        const f1 = await page.number(level, "f1");
        expect(f1, level).toBeGreaterThan(0.1);
        expect(f1, level).toBeLessThanOrEqual(1);
      }
    }));

  test("measures the other common levels and names the one to take", () =>
    session.step("tradeoffs-advice", async () => {
      await page.locator(".levels-tools button.link").click(); // Tick the common levels
      await page.measure();
      for (const level of common) await page.locator(`.numbers tr[data-level="${level}"][data-status="measured"]`).waitFor();
      await page.locator(".numbers tr.advised").waitFor();
      await page.locator("section.advice strong", { hasText: /^Take Q/ }).waitFor();
      const label = await page.locator(".numbers tr.advised .level-name").innerText();
      await page.locator(".plot .labels .advised", { hasText: label }).waitFor();
    }), measuring);

  test("the numbers are a model's: divergence grows as the file shrinks", () =>
    session.step("tradeoffs-numbers", async () => {
      const cells = async (column: string, levels: readonly string[]): Promise<readonly number[]> => Promise.all(levels.map((level) => page.number(level, column)));
      const divergences = await cells("kl", ["Q8_0", "Q6_K", "Q4_K_M", "Q2_K"]);
      expect([...divergences].sort((a, b) => a - b)).toEqual(divergences);
      expect(divergences[0]).toBeGreaterThan(0);
      const sizes = await cells("size", ["Q2_K", "Q4_K_M", "Q6_K", "Q8_0", "base"]);
      expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
      expect(await page.number("base", "perplexity")).toBeGreaterThan(1);
    }));

  test("breaks no rule of its content security policy", async () => {
    expect(await page.panel.violations()).toEqual([]);
  });

  test("is on one screen, and readable in three themes", () =>
    session.step("tradeoffs-themes", async () => {
      await session.page.keyboard.press("Control+B"); // The side bar is closed, as on a narrow screen.
      await page.locator(".progress").waitFor({ state: "hidden", timeout: 120_000 }); // Labelled contracts are read last.
      const inView = (selector: string): Promise<boolean> =>
        page.locator(selector).first().evaluate((element) => {
          const { top, bottom } = element.getBoundingClientRect();
          return top >= 0 && bottom <= element.ownerDocument.documentElement.clientHeight;
        });
      for (const part of ["section.advice", ".chart", ".machine", ".numbers tr.advised"]) expect(await inView(part), part).toBe(true);
      for (const theme of ["Default High Contrast", "Light Modern", "Dark Modern"] as const) {
        await session.useTheme(theme);
        await page.locator(theme === "Light Modern" ? "body.vscode-light" : theme === "Dark Modern" ? "body.vscode-dark" : "body.vscode-high-contrast").waitFor();
        await session.picture(environment.results, `tradeoffs ${theme}`);
        if (environment.screenshots && theme !== "Default High Contrast") {
          await session.picture(environment.screenshots, `tradeoffs ${theme === "Dark Modern" ? "dark" : "light"}`);
        }
      }
    }));

  test("at half the width all of it is still reached: nothing scrolls sideways but the table, and every row can be made", () =>
    session.step("tradeoffs-narrow", async () => {
      await session.page.setViewportSize({ width: 640, height: 700 });
      for (const view of ["words", "tensors", "numbers"] as const) {
        await page.view(view);
        const [wide, shown] = await page.locator("html").evaluate((element) => [element.scrollWidth, element.clientWidth]);
        expect(wide, view).toBe(shown);
      }
      const button = page.row("Q4_K_M").locator("vscode-button.row-action");
      await button.scrollIntoViewIfNeeded();
      expect(await button.isVisible()).toBe(true);
    }));

  test("comes back after the window is reloaded, with what was measured of the document", () =>
    session.step("tradeoffs-reload", async () => {
      await session.page.setViewportSize({ width: 1400, height: 900 });
      const before = await page.cell("Q8_0", "kl").innerText();
      await session.reload();
      page = await TradeoffsPage.restored(session);
      await page.locator(".measured-on", { hasText: "supply-agreement.md" }).waitFor();
      for (const level of common) await page.locator(`.numbers tr[data-level="${level}"][data-status="measured"]`).waitFor();
      expect(await page.cell("Q8_0", "kl").innerText()).toBe(before);
    }));
});
