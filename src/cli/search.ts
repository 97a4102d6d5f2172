import { formatCount, table } from "./table";
import { HumanError } from "../protocol/humanError";
import { type HubFormat, hubFormats } from "../protocol/hub";
import { type Command, json } from "./command";

export const search: Command = {
  name: "search",
  usage: `search QUERY… [--format ${hubFormats.join("|")}]`,
  summary: "Find models on Hugging Face (or the hub at HF_ENDPOINT), the most downloaded first",
  options: { format: { type: "string" } },
  async run({ positionals, options, services, token, output, json: asJson }) {
    const query = positionals.join(" ");
    if (query.trim() === "") throw new HumanError("badArgument", "Say what to search for, e.g. search llama 3.2 1b.");
    const models = await services.hub.client.search(query, formatOf(options.format), token);
    if (asJson) return output.result(json({ models }));
    if (models.length === 0) return output.result(`Nothing is found for "${query}".`);
    const rows = models.map(({ id, format, parameters, downloads, likes, license, gated, updated }) => [
      id, format, parameters === undefined ? "–" : formatCount(parameters), String(downloads), String(likes), license ?? "–", gated ? "gated" : "", updated?.slice(0, 10) ?? "–",
    ]);
    output.result(table(["Repository", "Format", "Weights", "Downloads", "Likes", "Licence", "Access", "Updated"], rows));
  },
};

function formatOf(asked: string | boolean | undefined): HubFormat | "all" {
  if (asked === undefined || asked === "all") return "all";
  const format = hubFormats.find((candidate) => candidate === asked);
  if (!format) throw new HumanError("badArgument", `--format takes ${hubFormats.join(", ")} or all, not "${String(asked)}".`);
  return format;
}
