import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inThreeThemes } from "./workbench/analysis";
import { environment } from "./workbench/environment";
import { LabPage } from "./workbench/lab";
import { ModelsTree } from "./workbench/modelsTree";
import { Notifications } from "./workbench/notifications";
import { openFile, runCommand } from "./workbench/palette";
import { QuickPick } from "./workbench/quickPick";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace, filesIn, removeMadeLevels, removeResults } from "./workbench/workspace";

/** Measures four models and trains an adapter on one thread. */
const running = 420_000;
const screens = join(environment.results, "screens");

describe("the Compression Lab", () => {
  let session: Session;
  let tree: ModelsTree;
  let notifications: Notifications;
  let page: LabPage;

  beforeAll(async () => {
    await removeMadeLevels();
    await removeResults();
    const workspace = await Workspace.create("lab");
    await writeFile(workspace.path("broken.decant.json"), JSON.stringify({ version: 1, name: "Broken", seed: 1, steps: [{ kind: "prune", blocks: { leest: 1 } }] }));
    session = await Session.open(workspace);
    tree = new ModelsTree(session.page);
    notifications = new Notifications(session.page);
    await session.useTheme("Dark Modern");
    await openFile(session.page, "supply-agreement.md");
  });
  afterAll(async () => {
    await session?.close();
    await removeMadeLevels();
    await removeResults();
  });

  test("opens from the palette and says what it is for", () =>
    session.step("lab-open", async () => {
      await runCommand(session.page, "Decant: Open Compression Lab");
      page = await LabPage.shown(session);
      await page.locator("vscode-button", { hasText: "Choose a model" }).waitFor();
      await session.picture(screens, "lab-empty");
    }));

  test("opens from the tree on a model, and takes a preset", () =>
    session.step("lab-tree", async () => {
      await tree.open();
      await tree.submenu(tree.item(/^F16/), "Compression Lab", "Open Compression Lab");
      await page.locator(".endpoint", { hasText: "F16" }).first().waitFor();
      await page.locator(".choose-text", { hasText: "supply-agreement.md" }).waitFor();
      await session.picture(screens, "lab-model");
      await page.preset("Prune → quantize → distil");
      await page.step(3).waitFor();
    }));

  test("estimates every step before it runs", () =>
    session.step("lab-estimates", async () => {
      await page.fill(3, "Epochs", "1");
      await page.fill(3, "Rank", "2");
      // The usual one is for hundreds of steps, and this text makes five.
      await page.fill(3, "Learning rate", "0.001");
      await page.estimated();
      await session.picture(screens, "lab-estimates");
      expect(await page.locator(".step .outcome", { hasText: "cannot" }).count()).toBe(0);
    }));

  test("ranks the blocks on the text, and a click on one drops it", () =>
    session.step("lab-rank", async () => {
      await page.locator(".importance .rank").click();
      await page.locator(".importance .chart-area svg").first().waitFor({ timeout: 120_000 });
      await page.locator(".importance .figure-note", { hasText: /drops block/ }).waitFor();
      await session.picture(screens, "lab-ranking");
    }), running);

  test("a gate that is not passed asks, and stops when told to", () =>
    session.step("lab-gate", async () => {
      await page.unfold(1, "Quality gate");
      await page.choose(1, "ask");
      await page.fill(1, "KL at most", "0.01");
      await page.estimated();
      await page.run();
      const question = page.locator(".banner.question:not([hidden])", { hasText: /KL .* is above/ });
      await question.waitFor({ timeout: running });
      await session.picture(screens, "lab-asks");
      await question.locator(".stop").click();
      await page.says(/above the 0\.01/);
      expect(await page.locator(".results tbody tr").count()).toBe(4);
      await page.choose(1, "off");
    }), running);

  test("runs to the end: what is known is not made again, and a training that is paused goes on", () =>
    session.step("lab-run", async () => {
      await page.estimated();
      await page.run();
      await page.locator(".training .facts", { hasText: /step \d/ }).waitFor({ timeout: running });
      await session.picture(screens, "lab-training");
      await page.press("Pause");
      await page.says(/Paused/);
      // What the training keeps for going on is no model.
      expect(await tree.item(/start\.gguf|values-/).count()).toBe(0);
      await session.picture(screens, "lab-paused");
      await page.run();
      await page.says(/Done/);
      expect(await page.step(1).locator(".step-mark").innerText()).toMatch(/kept/);
      await session.picture(screens, "lab-done");
    }), running);

  test("shows what each step cost and won back", () =>
    session.step("lab-results", async () => {
      expect(await page.locator(".results .chart-area svg").count()).toBe(1);
      const kl = await Promise.all([1, 2, 3].map(async (row) => Number.parseFloat(await page.cell(row, 2))));
      for (const value of kl) expect(value).toBeGreaterThan(0);
      expect(kl[2]).toBeLessThan(kl[1]!);
      expect(await page.cell(1, 0)).toMatch(/MiB/);
    }));

  test("the models that it made are in the tree", () =>
    session.step("lab-models", async () => {
      const made = (await filesIn(environment.levelsFolder)).filter((name) => name.endsWith(".gguf"));
      expect(made.length).toBeGreaterThanOrEqual(3);
      expect((await filesIn(environment.levelsFolder)).filter((name) => name.includes("partial"))).toEqual([]);
      await page.step(2).locator("button.link", { hasText: "Show in Models" }).click();
      await tree.item(/Q4_K_M/).first().waitFor();
      await session.picture(screens, "lab-tree");
    }));

  test("saves the recipe as a file, which opens as it was", () =>
    session.step("lab-save", async () => {
      await page.locator("header vscode-button", { hasText: "Save" }).click();
      const dialog = session.page.locator(".quick-input-widget:visible", { hasText: "OK" });
      const field = dialog.locator('input[type="text"]');
      await until(async () => (await field.inputValue()).endsWith(".decant.json"), "the dialog proposes a name");
      await field.fill(session.workspace.path("mine.decant.json"));
      await dialog.locator(".monaco-button", { hasText: "OK" }).click();
      await page.locator(".recipe-file", { hasText: "mine.decant.json" }).waitFor();
      const recipe = JSON.parse(await readFile(session.workspace.path("mine.decant.json"), "utf8")) as { steps: { kind: string }[]; text?: string };
      expect(recipe.steps.map(({ kind }) => kind)).toEqual(["prune", "quantize", "distil"]);
      expect(recipe.text).toBe("supply-agreement.md");
      await page.rename("Something else");
      await runCommand(session.page, "Decant: Open Recipe in Lab…");
      await new QuickPick(session.page).choose("mine.decant.json");
      await notifications.answer(notifications.dialog(/changes that are not saved/), "Don't Save");
      await until(async () => (await page.name()) === "Prune → quantize → distil", "the recipe of the file is back");
    }));

  test("a broken recipe is told in a sentence, and the lab stays as it is", () =>
    session.step("lab-broken", async () => {
      await runCommand(session.page, "Decant: Open Recipe in Lab…");
      await new QuickPick(session.page).choose("broken.decant.json");
      await notifications.toast(/leest/).waitFor();
      await session.picture(screens, "lab-broken");
      await notifications.dismissAll();
      expect(await page.locator(".step").count()).toBe(3);
    }));

  test("is readable in three themes, and breaks no rule of its content security policy", () =>
    session.step("lab-themes", async () => {
      await session.page.keyboard.press("Control+B");
      await inThreeThemes(session, page.panel, (theme) => session.picture(environment.results, `lab ${theme}`));
      expect(await page.panel.violations()).toEqual([]);
    }));

  test("comes back after a reload with edits that are not saved, and with its results", () =>
    session.step("lab-reload", async () => {
      await page.rename("My own recipe");
      const before = await page.cell(3, 2);
      expect(before).toMatch(/^0\.\d/);
      await session.page.waitForTimeout(1500); // Edits are kept once a second.
      await session.reload();
      page = await LabPage.shown(session);
      await until(async () => (await page.name()) === "My own recipe", "the recipe is back");
      await page.locator(".results tbody tr").nth(3).waitFor();
      expect(await page.cell(3, 2)).toBe(before);
    }));
});
