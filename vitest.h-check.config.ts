import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { name: 'h', include: ['test/cluster/check.test.ts'], testTimeout: 120000, hookTimeout: 300000, provide: { missing: '' } } });
