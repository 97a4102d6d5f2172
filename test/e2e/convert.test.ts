import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeCheckpoint } from "../checkpoint";
import { environment } from "./workbench/environment";
import { modelHome } from "./workbench/modelHome";
import { ModelsTree } from "./workbench/modelsTree";
import { Notifications } from "./workbench/notifications";
import { Panel } from "./workbench/panel";
import { Session } from "./workbench/session";
import { Workspace } from "./workbench/workspace";

describe("converting a checkpoint", () => {
  let session: Session;
  let tree: ModelsTree;
  let notifications: Notifications;
  let workspace: Workspace;

  beforeAll(async () => {
    modelHome.clear();
    workspace = await Workspace.create("convert");
    writeCheckpoint(workspace.path("sprout"), { family: "qwen2", shards: 2 });
    writeCheckpoint(workspace.path("strange"), { config: { architectures: ["MambaForCausalLM"], model_type: "mamba" } });
    mkdirSync(workspace.path("plain"));
    session = await Session.open(workspace);
    tree = new ModelsTree(session.page);
    notifications = new Notifications(session.page);
  });
  afterAll(() => session?.close());

  test("the explorer offers it on the folder, and the plan is shown first", () =>
    session.step("plan", async () => {
      await convert("sprout");
      const plan = notifications.dialog(/Convert sprout to BF16/);
      await plan.waitFor();
      const words = await plan.innerText();
      expect(words).toMatch(/qwen2/);
      expect(words).toMatch(/sprout-BF16\.gguf, where .* are free/);
      await session.picture(join(environment.results, "screens"), "convert-plan");
      await notifications.answer(plan, "Convert");
      await notifications.toast(/sprout-BF16\.gguf is ready/).waitFor();
      expect(existsSync(workspace.path("sprout-BF16.gguf"))).toBe(true);
      expect(readdirSync(workspace.folder).filter((name) => name.includes(".partial"))).toEqual([]);
    }));

  test("the file can be inspected, and stands in the tree", () =>
    session.step("result", async () => {
      await notifications.press(notifications.toast(/sprout-BF16\.gguf is ready/), "Inspect");
      const panel = await Panel.ready(session.page, "inspector");
      await panel.locator("h1", { hasText: "sprout-BF16.gguf" }).waitFor();
      await tree.open();
      await tree.family(/sprout/i).waitFor();
      await session.picture(join(environment.results, "screens"), "convert-result");
    }));

  test("another type can be chosen", () =>
    session.step("type", async () => {
      await convert("sprout");
      const plan = notifications.dialog(/Convert sprout to BF16/);
      await notifications.answer(plan, "Other Type");
      await session.page.locator(".quick-input-widget:visible .monaco-list-row", { hasText: /^F16/ }).click();
      await notifications.answer(notifications.dialog(/Convert sprout to F16/), "Cancel");
      expect(existsSync(workspace.path("sprout-F16.gguf"))).toBe(false);
    }));

  test("what cannot be converted is refused with the reason", () =>
    session.step("refused", async () => {
      await convert("strange");
      await notifications.toast(/mamba/i).waitFor();
      await session.picture(join(environment.results, "screens"), "convert-refused");
    }));

  test("a folder without a checkpoint is told what it lacks", () =>
    session.step("plain", async () => {
      await convert("plain");
      await notifications.toast(/The folder has no config\.json/).waitFor();
    }));

  async function convert(folder: string): Promise<void> {
    const { page } = session;
    await page.keyboard.press("Control+Shift+E");
    const row = page.locator('.explorer-folders-view [role="treeitem"]', { hasText: new RegExp(`^${folder}$`) });
    await row.click({ button: "right" });
    const entry = page.locator(".monaco-menu .action-item:visible", { hasText: "Convert Checkpoint" }).first();
    await entry.hover();
    await page.waitForTimeout(200);
    await entry.click();
  }
});
