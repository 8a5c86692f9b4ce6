import type { Schema } from '../../kubernetes/schema/schema.ts';

/** A file of a lab's folder. */
export interface LabSource {
  /** `labs/pods/lab.yaml`: the folder that holds `lab.yaml` names the lab. */
  readonly path: string;
  readonly text: string;
}

export interface Known {
  /** The API's description: kinds and fields of manifests and asserts are checked against it. */
  readonly schema: Schema;
  /** Ids of the lessons, where they are known. */
  readonly lessons?: readonly string[];
}
