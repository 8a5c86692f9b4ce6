/** The parts of an HTTP request that the API server looks at; a Node or Worker adapter makes it. */
export interface HttpRequest {
  readonly method: string;
  /** With or without an origin: `/api/v1/pods?watch=1`. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /** Absent: empty. */
  readonly body?: string;
  /** Aborting it is the client going away: its watch ends. */
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The chunks to send, each as soon as it comes; one for all but watches. */
  readonly body: AsyncIterable<string>;
}
