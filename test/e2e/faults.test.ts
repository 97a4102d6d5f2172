import { kill } from "node:process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModelsTree } from "./workbench/modelsTree";
import { Notifications } from "./workbench/notifications";
import { openFile, runCommand } from "./workbench/palette";
import { Panel } from "./workbench/panel";
import { QuickPick } from "./workbench/quickPick";
import { runtimeProcesses, until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace, builtInModels, filesIn, removeMadeLevels } from "./workbench/workspace";

describe("when things go wrong", () => {
  let session: Session;
  let notifications: Notifications;

  beforeAll(async () => {
    await removeMadeLevels();
    const workspace = await Workspace.create("faults");
    const models = await builtInModels();
    const original = (await filesIn(models)).find((name) => name.endsWith("-F16.gguf")) ?? "";
    await copyFile(join(models, original), workspace.path("stray.gguf"));
    session = await Session.open(workspace);
    notifications = new Notifications(session.page);
    await openFile(session.page, "supply-agreement.md");
  });
  afterAll(async () => {
    await session?.close();
    await removeMadeLevels();
  });

  test("cancelling a quantization leaves no file behind", () =>
    session.step("cancel", async () => {
      const tree = new ModelsTree(session.page);
      const picker = new QuickPick(session.page);
      await tree.open();
      await tree.menu(session.page.locator('[role="treeitem"][aria-label^="stray F16"]'), "Quantize");
      await picker.row("Q8_0").waitFor(); // The sizes are there; further rows are drawn when they are scrolled to.
      await picker.filter("IQ4_XS");
      await picker.choose("IQ4_XS");
      const toast = notifications.toast("Quantizing to IQ4_XS");
      await notifications.press(toast, "Cancel");
      await toast.waitFor({ state: "detached" });
      const left = async (): Promise<string[]> => (await filesIn(session.workspace.folder)).filter((name) => name.includes("partial") || name.includes("IQ4_XS"));
      await until(async () => (await left()).length === 0, "nothing is left of the cancelled file"); // The notification goes first, its process a moment later.
      expect(await filesIn(session.workspace.folder)).toContain("stray.gguf");
    }));

  test("a runtime that dies while measuring is told in a sentence", () =>
    session.step("kill", async () => {
      await runCommand(session.page, "Decant: Show Tradeoffs");
      const picker = new QuickPick(session.page);
      await picker.widget.locator(".monaco-list-row", { hasText: "built in" }).first().click();
      const panel = await Panel.ready(session.page, "tradeoffs");
      await panel.locator('tr[data-level="Q8_0"] td.size', { hasText: "MiB" }).waitFor(); // Nothing can be measured before.
      await panel.locator("vscode-button.measure").click();
      await panel.locator('tr[data-status="measuring"]').first().waitFor();
      await until(() => runtimeProcesses().length > 0, "the runtime runs");
      for (const pid of runtimeProcesses()) kill(pid, "SIGKILL");
      await panel.locator("vscode-button.measure").waitFor();
      const sentence = panel.locator('[role="alert"], .notice').filter({ hasText: /runtime|process/i }).first();
      await sentence.waitFor();
      expect((await sentence.innerText()).length).toBeGreaterThan(20);
      expect(await panel.violations()).toEqual([]);
    }));

  test("the next analysis works without a reload", () =>
    session.step("after-kill", async () => {
      await openFile(session.page, "supply-agreement.md");
      await runCommand(session.page, "Decant: Analyse Document");
      await Panel.ready(session.page, "analysis");
      await session.page.locator(".monaco-editor .codelens-decoration a", { hasText: "§" }).first().waitFor();
      expect(runtimeProcesses().length).toBeGreaterThan(0);
    }));
});
