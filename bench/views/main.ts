/** The end of `npm run bench -- views`: keeps what its parts have measured, and writes the page. */
import { writePage } from '../results';
import { keepViewsResults } from './results';

keepViewsResults();
writePage();
