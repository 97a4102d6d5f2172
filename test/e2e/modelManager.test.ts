import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inThreeThemes } from "./workbench/analysis";
import { environment } from "./workbench/environment";
import { modelFiles, modelHome } from "./workbench/modelHome";
import { ModelsTree } from "./workbench/modelsTree";
import { Notifications } from "./workbench/notifications";
import { runCommand } from "./workbench/palette";
import { Panel } from "./workbench/panel";
import { QuickPick } from "./workbench/quickPick";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace } from "./workbench/workspace";

const named = (name: string, more: Readonly<Record<string, string>> = {}): Buffer => modelFiles.tiny({ metadata: { "general.name": name, ...more } });

describe("the model manager", () => {
  let session: Session;
  let tree: ModelsTree;
  let notifications: Notifications;
  let workspace: Workspace;
  let blob: string;

  beforeAll(async () => {
    modelHome.clear();
    workspace = await Workspace.create("modelManager");
    const at = (...names: string[]): string => workspace.path(join("models", ...names));
    blob = modelHome.ollama(["pocket:1b", "pocket:latest"], named("Pocket"));
    modelHome.hugging("acme/mini-GGUF", "mini-F16.gguf", named("Mini", { "general.license": "apache-2.0" }));
    modelFiles.write(at("tiny", "tiny-F16.gguf"), named("Tiny"));
    modelFiles.write(at("tiny", "tiny-pruned.gguf"), named("Tiny", { "decant.parent": "tiny-F16.gguf", "decant.step": "prune 1 block", "decant.base": "Tiny" }));
    modelFiles.adapter(at("tiny", "tiny-law-lora.gguf"));
    modelFiles.write(at("vision", "seer-F16.gguf"), named("Seer"));
    modelFiles.projector(at("vision", "mmproj-seer.gguf"));
    for (const place of ["left", "right"]) modelFiles.write(at(place, "twin-F16.gguf"), named("Twin"));
    modelFiles.parts(at("split"), "giant", 5, [1, 2, 3, 4, 5]);
    modelFiles.parts(at("lost"), "lost", 5, [1, 2, 4]);
    modelFiles.write(at("broken", "empty.gguf"), "");
    modelFiles.bigEndian(at("broken", "mainframe.gguf"));
    session = await Session.open(workspace);
    tree = new ModelsTree(session.page);
    notifications = new Notifications(session.page);
    await tree.open();
  });
  afterAll(async () => {
    await session?.close();
    modelHome.clear();
  });

  test("lists what other programs keep, and whose it is", () =>
    session.step("sources", async () => {
      await tree.item(/Pocket.*Ollama/is).waitFor();
      await tree.item(/mini.*Hugging Face cache/is).waitFor();
    }));

  test("a split model is one entry, and says which parts it lacks", () =>
    session.step("split", async () => {
      await tree.family(/giant/i).waitFor();
      await tree.item(/· 5 parts/).waitFor();
      await tree.item(/3 of 5 parts.*cannot be used/s).waitFor();
      expect(await tree.item(/3 of 5 parts/).getAttribute("aria-label")).toMatch(/part/i);
    }));

  test("projectors and adapters stand under their model", () =>
    session.step("attachments", async () => {
      await tree.expand(tree.model("tiny-F16.gguf"));
      await tree.item(/tiny-law-lora\.gguf.*adapter/s).waitFor();
      await tree.expand(tree.model("seer F16"));
      await tree.item(/mmproj-seer\.gguf.*projector/s).waitFor();
    }));

  test("two files of one name are told apart, and what cannot be used says why", () =>
    session.step("apart", async () => {
      await tree.item(/twin-F16\.gguf.*left/s).waitFor();
      await tree.item(/twin-F16\.gguf.*right/s).waitFor();
      expect(await tree.item(/empty\.gguf/).getAttribute("aria-label")).toMatch(/empty|0 bytes/i);
      expect(await tree.spoken("mainframe.gguf").getAttribute("aria-label")).toMatch(/endian/i);
    }));

  test("every model says whether it fits", () =>
    session.step("fit", async () => {
      await tree.model("tiny-F16.gguf").filter({ hasText: /fits in RAM/ }).waitFor();
      await session.picture(join(environment.results, "screens"), "models-tree");
    }));

  test("a click opens the inspector: tensors, metadata, search", () =>
    session.step("inspector", async () => {
      await tree.model("tiny-F16.gguf").click();
      const panel = await Panel.ready(session.page, "inspector");
      await panel.locator("h1", { hasText: "tiny-F16.gguf" }).waitFor();
      await panel.locator(".treemap, .tensors").first().waitFor();
      await panel.locator('.views [data-value="metadata"]').click();
      await panel.locator(".metadata-table tr", { hasText: "general.architecture" }).waitFor();
      await panel.locator(".view-bar input").fill("tokens");
      await panel.locator(".metadata-table tr", { hasText: "general.architecture" }).waitFor({ state: "detached" });
      await panel.locator(".metadata-table tr", { hasText: "tokenizer.ggml.tokens" }).waitFor();
      await panel.locator(".view-bar input").fill("");
      await panel.locator('.views [data-value="tensors"]').click();
      expect(await panel.violations()).toEqual([]);
      await inThreeThemes(session, panel, (theme) => session.picture(join(environment.results, "screens"), `inspector ${theme}`));
    }));

  test("two models are compared side by side", () =>
    session.step("diff", async () => {
      await tree.menu(tree.model("tiny-F16.gguf"), "Compare With");
      const picker = new QuickPick(session.page);
      await picker.widget.locator(".monaco-list-row", { hasText: /pocket/i }).first().click();
      const panel = await Panel.ready(session.page, "inspector");
      await panel.locator(".diff-table tr", { hasText: "general.name" }).waitFor();
      await session.picture(join(environment.results, "screens"), "inspector-diff");
    }));

  test("a file that cannot be used can still be looked into", () =>
    session.step("problem", async () => {
      await tree.spoken("mainframe.gguf").click();
      await until(async () => (await (await Panel.ready(session.page, "inspector")).locator("h1").innerText()) === "mainframe.gguf", "the inspector shows the file");
      const panel = await Panel.ready(session.page, "inspector");
      await panel.locator(".notice", { hasText: /endian/i }).first().waitFor();
      await session.picture(join(environment.results, "screens"), "inspector-problem");
    }));

  test("an adapter is attached with a scale, and the settings are explained", () =>
    session.step("adapter", async () => {
      await tree.menu(tree.item(/tiny-law-lora\.gguf/), "Attach Adapter");
      const input = session.page.locator('.quick-input-widget:visible input[type="text"]');
      await input.fill("3");
      await session.page.locator(".quick-input-message", { hasText: /from 0/ }).waitFor();
      await input.fill("0.5");
      await session.page.keyboard.press("Enter");
      await tree.model("tiny-F16.gguf").filter({ hasText: /loaded.*1 adapter/s }).waitFor();
      await runCommand(session.page, "Decant: Why These Settings?");
      const dialog = notifications.dialog(/Why .* is loaded like this/);
      await dialog.waitFor();
      await session.picture(join(environment.results, "screens"), "why");
      await notifications.answer(dialog, "Cancel").catch(() => session.page.keyboard.press("Escape"));
    }));

  test("the meter shows the runtime while it is open", () =>
    session.step("meter", async () => {
      await runCommand(session.page, "Decant: Show Resource Meter");
      const panel = await Panel.ready(session.page, "meter");
      await panel.locator("body", { hasText: /MiB/ }).waitFor();
      await session.page.waitForTimeout(3000);
      expect(await panel.violations()).toEqual([]);
      await session.picture(join(environment.results, "screens"), "meter");
      await session.page.locator('.statusbar-item[id^="decant.decant"]').hover();
      await session.page.locator(".monaco-hover:visible", { hasText: /RAM/ }).waitFor();
      await session.picture(join(environment.results, "screens"), "status-tooltip");
    }));

  test("an adapter is detached again", () =>
    session.step("detach", async () => {
      await tree.menu(tree.item(/tiny-law-lora\.gguf.*attached at 0\.5/s), "Detach Adapters");
      await tree.model("tiny-F16.gguf").filter({ hasText: /loaded$/ }).waitFor();
      await tree.item(/tiny-law-lora\.gguf/).filter({ hasNotText: /attached/ }).waitFor();
    }));

  test("panels come back after a reload of the window", () =>
    session.step("reload", async () => {
      await session.reload();
      await Panel.ready(session.page, "meter");
      await Panel.ready(session.page, "inspector");
      await tree.open();
    }));

  test("deleting says what it frees and what depends on it", () =>
    session.step("delete", async () => {
      const path = workspace.path("models/tiny/tiny-F16.gguf");
      // The row keeps the focus when it is chosen, so the key for deleting reaches it.
      await tree.model("tiny-F16.gguf").click();
      await session.page.keyboard.press("Delete");
      const question = notifications.dialog(/Delete tiny-F16\.gguf/);
      await question.waitFor();
      const words = await question.innerText();
      expect(words).toMatch(/It frees \d/);
      expect(words).toMatch(/tiny-law-lora\.gguf is of no use without it/);
      expect(words).toMatch(/was made from it/);
      await session.picture(join(environment.results, "screens"), "delete");
      await remove(question, path);
      await tree.model("tiny-F16.gguf").waitFor({ state: "detached" });
    }));

  test("deleting a model of Ollama takes all its names and its blob", () =>
    session.step("delete-ollama", async () => {
      // The tree looks again half a second after the file before was deleted, and a menu of a row that is drawn anew loses its row.
      await session.page.waitForTimeout(2000);
      await tree.menu(tree.model("Pocket F16"), "Delete");
      const question = notifications.dialog(/Delete pocket/);
      await question.waitFor();
      expect(await question.innerText()).toMatch(/pocket:1b and pocket:latest/);
      await remove(question, blob);
      expect(existsSync(join(environment.home, ".ollama/models/manifests/registry.ollama.ai/library/pocket/1b"))).toBe(false);
    }));

  /** A server has no trash. */
  async function remove(question: ReturnType<Notifications["dialog"]>, path: string): Promise<void> {
    await notifications.answer(question, "Delete Permanently");
    await until(() => !existsSync(path), `${basename(path)} is gone`);
  }
});
