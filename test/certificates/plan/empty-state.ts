import type { CertificateState } from '../../../src/certificates/plan/certificate-state.ts';

export const emptyState: CertificateState = { serving: undefined, authority: undefined, next: undefined };
