import { existsSync } from "node:fs";
import { copyFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModelsTree } from "./workbench/modelsTree";
import { Notifications } from "./workbench/notifications";
import { QuickPick } from "./workbench/quickPick";
import { Session } from "./workbench/session";
import { environment } from "./workbench/environment";
import { Workspace, builtInModels, filesIn, removeMadeLevels } from "./workbench/workspace";

describe("a model in the side bar", () => {
  let session: Session;
  let tree: ModelsTree;
  let picker: QuickPick;
  let notifications: Notifications;
  let models: string;
  let made: string;

  beforeAll(async () => {
    await removeMadeLevels();
    models = await builtInModels();
    const workspace = await Workspace.create("models");
    await writeFile(workspace.path("broken.gguf"), "This is not a model.");
    const original = (await filesIn(models)).find((name) => name.endsWith("-F16.gguf")) ?? "";
    made = join(environment.levelsFolder, original.replace("F16", "Q4_K_M"));
    const whole = workspace.path("cut-F16.gguf");
    await copyFile(join(models, original), whole);
    await writeFile(whole, (await import("node:fs")).readFileSync(whole).subarray(0, 100_000));
    session = await Session.open(workspace);
    tree = new ModelsTree(session.page);
    picker = new QuickPick(session.page);
    notifications = new Notifications(session.page);
  });
  afterAll(async () => {
    await session?.close();
    await removeMadeLevels();
  });

  test("the tree shows the sample family and its F16", () =>
    session.step("tree", async () => {
      await tree.open();
      await tree.item("built in").waitFor();
      const original = tree.item(/^F16/);
      await original.waitFor();
      expect(await original.innerText()).toMatch(/F16\s*1\d(\.\d+)? MiB · \d(\.\d+)? ?M/);
    }));

  test("files that cannot be used are listed with their problem", () =>
    session.step("problems", async () => {
      await tree.item(/broken\.gguf.*cannot be used/s).waitFor();
      await tree.item(/cut-F16\.gguf.*cannot be used/s).waitFor();
      const label = await tree.item("broken.gguf").getAttribute("aria-label");
      expect(label).toMatch(/not a GGUF/i);
    }));

  test("Quantize… lists the levels with their exact sizes", () =>
    session.step("levels", async () => {
      await tree.menu(tree.item(/^F16/), "Quantize");
      await picker.row("Q8_0").waitFor();
      const row = await picker.row("Q8_0").innerText();
      expect(row).toMatch(/MiB/);
      expect(row).toMatch(/8\.\d+ bits per weight/);
    }));

  test("the level that is chosen is made and appears in the tree", () =>
    session.step("quantize", async () => {
      await picker.filter("Q4_K_M");
      const size = /([\d.]+) MiB/.exec(await picker.row("Q4_K_M").innerText())?.[1];
      await picker.choose("Q4_K_M");
      await notifications.toast(/Q4_K_M\.gguf is ready/).waitFor();
      await tree.item(/^Q4_K_M/).waitFor();
      const bytes = (await stat(made)).size;
      expect((bytes / 2 ** 20).toFixed(size?.split(".")[1]?.length ?? 0)).toBe(size);
      expect(await filesIn(environment.levelsFolder)).toEqual([basename(made)]);
      await notifications.dismissAll();
    }));

  test("Load and Unload show in the tree and in the status bar", () =>
    session.step("load", async () => {
      const status = session.page.locator('.statusbar-item[id^="decant.decant"]', { hasText: "Q4_K_M" });
      await tree.menu(tree.item(/^Q4_K_M/), "Load");
      await tree.item(/^Q4_K_M.*loaded/s).waitFor();
      await status.waitFor();
      await tree.menu(tree.item(/^Q4_K_M/), "Unload");
      await status.waitFor({ state: "detached" });
    }));

  test("a level that exists is replaced only after a question", () =>
    session.step("replace", async () => {
      const before = (await stat(made)).mtimeMs;
      await tree.menu(tree.item(/^F16/), "Quantize");
      await picker.row("Q8_0").waitFor();
      await picker.filter("Q4_K_M");
      await picker.choose("Q4_K_M");
      await notifications.answer(notifications.dialog(/exists already/), "Cancel");
      expect((await stat(made)).mtimeMs).toBe(before);
    }));

  test("Delete asks, and takes the file away", () =>
    session.step("delete", async () => {
      await tree.menu(tree.item(/^Q4_K_M/), "Delete");
      const question = notifications.dialog(/Delete .*Q4_K_M\.gguf/);
      await notifications.answer(question, "Cancel");
      expect(existsSync(made)).toBe(true);

      await tree.menu(tree.item(/^Q4_K_M/), "Delete");
      await notifications.answer(question, "Delete Permanently"); // A server has no trash.
      await tree.item(/^Q4_K_M/).waitFor({ state: "detached" });
      expect(existsSync(made)).toBe(false);
    }));

  test("what belongs to Decant cannot be deleted", () =>
    session.step("built-in", async () => {
      await tree.item(/^F16/).click({ button: "right" });
      const menu = session.page.locator(".monaco-menu:visible");
      await menu.waitFor();
      expect(await menu.locator(".action-item", { hasText: "Delete" }).count()).toBe(0);
      await session.page.keyboard.press("Escape");
    }));
});
