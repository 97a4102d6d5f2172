import { parties } from "../facts/parties";

/** Names by which contracts call those whom they bind. */
const english =
  "Supplier|Seller|Vendor|Buyer|Purchaser|Customer|Client|Company|Contractor|Subcontractor|Consultant|Distributor|Reseller|Dealer|Agent|Broker|Licensor|Licensee|Franchisor|Franchisee|Provider|Service Provider|Manufacturer|Developer|Sponsor|Owner|Operator|Landlord|Tenant|Lessor|Lessee|Lender|Borrower|Employer|Employee|Executive|Publisher|Author|Carrier|Shipper|Affiliate|Recipient|Receiving Party|Disclosing Party|Indemnifying Party|Indemnified Party|Party [A-D]";
const russian =
  "Поставщик|Покупатель|Продавец|Заказчик|Исполнитель|Подрядчик|Арендодатель|Арендатор|Лицензиар|Лицензиат|Агент|Принципал|Комиссионер|Комитент|Займодавец|Заемщик|Заёмщик|Кредитор|Должник|Перевозчик|Экспедитор|Хранитель|Поклажедатель|Дистрибьютор|Работник|Работодатель|Правообладатель|Пользователь|Клиент|Банк|Виновная Сторона|Сторона";
const together =
  "(?:[Ee]ach|[Ee]ither|[Nn]either|[Bb]oth|[Tt]he|EACH|EITHER|NEITHER)(?: of the)? (?:other )?(?:[Pp]art(?:y|ies)|PART(?:Y|IES))|[Кк]аждая (?:из )?[Сс]торон[аы]?|[Сс]тороны|Ни одна из [Сс]торон";

/** A pattern of everyone whom this text binds: the roles and names of its parties, and the usual roles. */
export function rolesOf(text: string): string {
  const own = parties({ text }).flatMap(({ label, value }) => [label, value]);
  const escaped = own.filter((name) => name.length > 1).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return [...new Set([...escaped.sort((a, b) => b.length - a.length), english, together, russian])].join("|");
}
