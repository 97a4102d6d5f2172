import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModelsTree } from "./workbench/modelsTree";
import { openFile } from "./workbench/palette";
import { Panel } from "./workbench/panel";
import { environment } from "./workbench/environment";
import { Session } from "./workbench/session";
import { Workspace, removeMadeLevels } from "./workbench/workspace";

const measured = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"];

/** The number in a cell, without the ± behind it. */
function numberOf(text: string): number {
  return Number(/-?[\d.,]+(e-?\d+)?/.exec(text.replace(/,/g, ""))?.[0] ?? Number.NaN);
}

describe("the tradeoff panel", () => {
  let session: Session;
  let panel: Panel;

  beforeAll(async () => {
    await removeMadeLevels();
    session = await Session.open(await Workspace.create("tradeoffs"));
  });
  afterAll(async () => {
    await session?.close();
    await removeMadeLevels();
  });

  test("opens from the tree with every level's exact size", () =>
    session.step("tradeoffs-open", async () => {
      await session.useTheme("Dark Modern");
      const tree = new ModelsTree(session.page);
      await openFile(session.page, "supply-agreement.md");
      await tree.open();
      await tree.menu(tree.item(/^F16/), "Show Tradeoffs");
      panel = await Panel.ready(session.page, "tradeoffs");
      await panel.locator('tr[data-level="Q4_K_M"] td.size', { hasText: "MiB" }).waitFor();
      await panel.locator(".segmented button", { hasText: /^All/ }).click();
      await panel.locator('tr[data-level="IQ4_XS"]').waitFor();
      expect(await panel.locator("tr[data-level]").count()).toBeGreaterThan(15);
      await panel.locator(".segmented button", { hasText: /^Main/ }).click();
      await panel.locator('tr[data-level="IQ4_XS"]').waitFor({ state: "hidden" });
      await panel.locator(".measured-on", { hasText: "supply-agreement.md" }).waitFor();
    }));

  test("measures; rows fill in and stop when asked", () =>
    session.step("tradeoffs-stop", async () => {
      await panel.locator("vscode-button.measure").click();
      await panel.locator('tr[data-status="measuring"], tr[data-status="measured"]').first().waitFor();
      await panel.locator("vscode-button.stop").click();
      await panel.locator("vscode-button.measure").waitFor();
      expect(await panel.locator('tr[data-status="measuring"], tr[data-status="waiting"]').count()).toBe(0);
    }));

  test("measures the common levels and names the one to take", () =>
    session.step("tradeoffs-measure", async () => {
      await panel.locator("vscode-button.measure").click();
      for (const level of measured) await panel.locator(`tr[data-level="${level}"][data-status="measured"]`).waitFor();
      await panel.locator("vscode-button.measure").waitFor();
      await panel.locator("tr.advised").waitFor();
      await panel.locator("section.advice strong", { hasText: /^Take Q/ }).waitFor();
      expect(await panel.locator(".chart-area svg").count()).toBe(1);
    }));

  test("the numbers are a model's: divergence grows as the file shrinks", () =>
    session.step("tradeoffs-numbers", async () => {
      const cells = async (column: string, levels: readonly string[]): Promise<readonly number[]> =>
        Promise.all(levels.map(async (level) => numberOf(await panel.locator(`tr[data-level="${level}"] td.${column}`).innerText())));
      const divergences = await cells("kl", ["Q8_0", "Q6_K", "Q4_K_M", "Q2_K"]);
      expect([...divergences].sort((a, b) => a - b)).toEqual(divergences);
      expect(divergences[0]).toBeGreaterThan(0);
      const sizes = await cells("size", ["Q2_K", "Q4_K_M", "Q6_K", "Q8_0", "base"]);
      expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
      const [perplexity] = await cells("perplexity", ["base"]);
      expect(perplexity).toBeGreaterThan(1);
      const [speed] = await cells("prompt", ["Q4_K_M"]);
      expect(speed).toBeGreaterThan(0);
    }));

  test("breaks no rule of its content security policy", async () => {
    expect(await panel.violations()).toEqual([]);
  });

  test("is on one screen, and readable in three themes", () =>
    session.step("tradeoffs-themes", async () => {
      await session.page.keyboard.press("Control+B"); // The side bar is closed, as on a narrow screen.
      const inView = (selector: string): Promise<boolean> =>
        panel.locator(selector).first().evaluate((element) => {
          const { top, bottom } = element.getBoundingClientRect();
          return top >= 0 && bottom <= element.ownerDocument.documentElement.clientHeight;
        });
      for (const part of ["section.advice", ".chart", ".machine", "tr.advised"]) expect(await inView(part), part).toBe(true);
      for (const theme of ["Default High Contrast", "Light Modern", "Dark Modern"] as const) {
        await session.useTheme(theme);
        await panel.locator(theme === "Light Modern" ? "body.vscode-light" : theme === "Dark Modern" ? "body.vscode-dark" : "body.vscode-high-contrast").waitFor();
        await session.picture(environment.results, `tradeoffs ${theme}`);
        if (environment.screenshots && theme !== "Default High Contrast") {
          await session.picture(environment.screenshots, `tradeoffs ${theme === "Dark Modern" ? "dark" : "light"}`);
        }
      }
    }));
});
