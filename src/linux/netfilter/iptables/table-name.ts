/** In the order in which iptables-save writes them. */
export const tableNames = ['mangle', 'security', 'raw', 'filter', 'nat'] as const;
export type TableName = (typeof tableNames)[number];

export function isTableName(name: string): name is TableName {
  return (tableNames as readonly string[]).includes(name);
}
