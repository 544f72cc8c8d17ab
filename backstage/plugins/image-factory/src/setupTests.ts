import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// The first test of a file loads the whole test app; on a busy machine that takes longer than a second.
configure({ asyncUtilTimeout: 20_000 });
jest.setTimeout(60_000);
