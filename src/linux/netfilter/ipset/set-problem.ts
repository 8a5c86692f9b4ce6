/** Why ipset refuses something: 2 for a wrong command line (the message goes on with a hint), 1 for all else. */
export class SetProblem extends Error {
  readonly status: 1 | 2;
  /** What `-exist` is content with. */
  readonly existing: boolean;

  constructor(message: string, status: 1 | 2 = 1, existing = false) {
    super(message);
    this.name = 'SetProblem';
    this.status = status;
    this.existing = existing;
  }
}

export const setMessages = {
  noSet: 'The set with the given name does not exist',
  sameName: 'Set cannot be created: set with the same name already exists',
  added: "Element cannot be added to the set: it's already added",
  notAdded: "Element cannot be deleted from the set: it's not added",
} as const;
