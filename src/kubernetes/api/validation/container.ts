import type { Container, ContainerPort, EnvVar, Handler, Probe } from '../../types/container.ts';
import type { PodSpec } from '../../types/pod.ts';
import { quantityValue } from '../quantity.ts';
import type { FieldErrors } from './field-errors.ts';
import { configKey, dnsLabel, dnsSubdomain, envVarName, portName } from './names.ts';

/** `path` is the pod spec's. */
export function validateContainers(
  spec: PodSpec,
  path: string,
  volumes: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  if (spec.containers === undefined || spec.containers.length === 0) errors.required(`${path}.containers`);
  const names = new Set<string>();
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (spec[list] ?? []).entries()) {
      const at = `${path}.${list}[${index}]`;
      validateContainer(container, at, volumes, spec.hostNetwork === true, errors);
      if (container.name && names.has(container.name)) errors.duplicate(`${at}.name`, container.name);
      names.add(container.name);
      if (list === 'initContainers' && container.restartPolicy !== 'Always') {
        for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
          if (container[field] !== undefined)
            errors.forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always');
        }
      }
    }
  }
}

export function validateContainer(
  container: Container,
  path: string,
  volumes: ReadonlySet<string>,
  hostNetwork: boolean,
  errors: FieldErrors,
): void {
  if (!container.name) errors.required(`${path}.name`);
  else for (const problem of dnsLabel(container.name)) errors.invalid(`${path}.name`, container.name, problem);
  const image = container.image ?? '';
  if (image === '') errors.required(`${path}.image`);
  validatePorts(container.ports ?? [], `${path}.ports`, hostNetwork, errors);
  for (const [index, variable] of (container.env ?? []).entries())
    validateEnv(variable, `${path}.env[${index}]`, errors);
  validateMounts(container, `${path}.volumeMounts`, volumes, errors);
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (!container.imagePullPolicy) errors.required(`${path}.imagePullPolicy`);
  else if (!policies.includes(container.imagePullPolicy)) {
    errors.notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy, policies);
  }
  validateResources(container, `${path}.resources`, errors);
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[name];
    if (probe !== undefined) validateProbe(probe, `${path}.${name}`, name !== 'readinessProbe', errors);
  }
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = container.lifecycle?.[hook];
    if (handler !== undefined) validateHandler(handler, `${path}.lifecycle.${hook}`, errors);
  }
  if (image.trim() !== image) errors.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace');
}

function portRange(port: number, path: string, errors: FieldErrors): void {
  if (port < 1 || port > 65535) errors.invalid(path, port, 'must be between 1 and 65535, inclusive');
}

function validatePorts(ports: readonly ContainerPort[], path: string, hostNetwork: boolean, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `${path}[${index}]`;
    if (port.name) {
      const problems = portName(port.name);
      for (const problem of problems) errors.invalid(`${at}.name`, port.name, problem);
      if (problems.length === 0 && names.has(port.name)) errors.duplicate(`${at}.name`, port.name);
      names.add(port.name);
    }
    if (!port.containerPort) errors.required(`${at}.containerPort`);
    else portRange(port.containerPort, `${at}.containerPort`, errors);
    if (port.hostPort) {
      portRange(port.hostPort, `${at}.hostPort`, errors);
      if (hostNetwork && port.hostPort !== port.containerPort) {
        errors.invalid(`${at}.hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true');
      }
    }
    const protocols = ['SCTP', 'TCP', 'UDP'];
    if (!port.protocol) errors.required(`${at}.protocol`);
    else if (!protocols.includes(port.protocol)) errors.notSupported(`${at}.protocol`, port.protocol, protocols);
  }
}

const downwardFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.hostname',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

function validateEnv({ name, value, valueFrom }: EnvVar, path: string, errors: FieldErrors): void {
  if (!name) errors.required(`${path}.name`);
  else for (const problem of envVarName(name)) errors.invalid(`${path}.name`, name, problem);
  if (valueFrom === undefined) return;
  const at = `${path}.valueFrom`;
  const sources = Object.keys(valueFrom);
  const fieldPath = valueFrom.fieldRef?.fieldPath;
  if (valueFrom.fieldRef !== undefined) {
    if (!fieldPath) errors.required(`${at}.fieldRef.fieldPath`);
    else if (!downwardFields.includes(fieldPath) && !/^metadata\.(labels|annotations)\['[^']+'\]$/.test(fieldPath)) {
      errors.invalid(
        `${at}.fieldRef.fieldPath`,
        fieldPath,
        `error converting fieldPath: field label not supported: ${fieldPath}`,
      );
    }
  }
  const reference = valueFrom.configMapKeyRef;
  if (reference !== undefined) {
    for (const problem of dnsSubdomain(reference.name ?? '')) {
      errors.invalid(`${at}.configMapKeyRef.name`, reference.name ?? '', problem);
    }
    if (!reference.key) errors.required(`${at}.configMapKeyRef.key`);
    else
      for (const problem of configKey(reference.key))
        errors.invalid(`${at}.configMapKeyRef.key`, reference.key, problem);
  }
  if (sources.length === 0)
    errors.invalid(
      at,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  if (sources.length > 0 && value) errors.invalid(at, '', 'may not be specified when `value` is not empty');
  if (sources.length > 1) errors.invalid(at, '', 'may not have more than one field specified at a time');
}

function validateMounts(
  { volumeMounts }: Container,
  path: string,
  volumes: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  const paths = new Set<string>();
  for (const [index, { name, mountPath }] of (volumeMounts ?? []).entries()) {
    const at = `${path}[${index}]`;
    if (!name) errors.required(`${at}.name`);
    else if (!volumes.has(name)) errors.notFound(`${at}.name`, name);
    if (!mountPath) errors.required(`${at}.mountPath`);
    if (paths.has(mountPath)) errors.invalid(`${at}.mountPath`, mountPath, 'must be unique');
    paths.add(mountPath);
  }
}

function validateResources({ resources }: Container, path: string, errors: FieldErrors): void {
  for (const [name, limit] of Object.entries(resources?.limits ?? {})) {
    if (quantityValue(limit) < 0)
      errors.invalid(`${path}.limits[${name}]`, limit, 'must be greater than or equal to 0');
  }
  for (const [name, request] of Object.entries(resources?.requests ?? {})) {
    const value = quantityValue(request);
    if (value < 0) errors.invalid(`${path}.requests[${name}]`, request, 'must be greater than or equal to 0');
    const limit = resources?.limits?.[name];
    if (limit !== undefined && value > quantityValue(limit)) {
      errors.invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`);
    }
  }
}

function validateProbe(probe: Probe, path: string, onlyOnce: boolean, errors: FieldErrors): void {
  validateHandler(probe, path, errors);
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    const value = probe[field];
    if (value !== undefined && value < 0)
      errors.invalid(`${path}.${field}`, value, 'must be greater than or equal to 0');
  }
  if (onlyOnce && probe.successThreshold !== 1)
    errors.invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1');
}

function validateHandler(handler: Handler, path: string, errors: FieldErrors): void {
  const kinds = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter(
    (kind) => (handler as Readonly<Record<string, unknown>>)[kind] !== undefined,
  );
  if (kinds.length === 0) errors.required(path, 'must specify a handler type');
  for (const [index, kind] of kinds.entries()) {
    if (index > 0) errors.forbidden(`${path}.${kind}`, 'may not specify more than 1 handler type');
    else if (kind === 'exec' && !handler.exec?.command?.length) errors.required(`${path}.exec.command`);
    else if (kind === 'httpGet') validateHttpGet(handler, `${path}.httpGet`, errors);
    else if (kind === 'tcpSocket') validatePort(handler.tcpSocket?.port, `${path}.tcpSocket.port`, errors);
  }
}

function validateHttpGet({ httpGet }: Handler, path: string, errors: FieldErrors): void {
  validatePort(httpGet?.port, `${path}.port`, errors);
  const schemes = ['HTTP', 'HTTPS'];
  const scheme = httpGet?.scheme;
  if (scheme !== undefined && !schemes.includes(scheme)) errors.notSupported(`${path}.scheme`, scheme, schemes);
}

function validatePort(port: number | string | undefined, path: string, errors: FieldErrors): void {
  if (typeof port === 'string') for (const problem of portName(port)) errors.invalid(path, port, problem);
  else portRange(port ?? 0, path, errors);
}
