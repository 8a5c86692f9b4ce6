/** Numbers of the tables that always exist (rtnetlink's RT_TABLE_*). */
export const tableNumber = { default: 253, main: 254, local: 255 } as const;

const tableName = new Map<number, string>(Object.entries(tableNumber).map(([name, number]) => [number, name]));

export function formatTable(table: number): string {
  return tableName.get(table) ?? String(table);
}
