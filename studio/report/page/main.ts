/** Runs in the page of a report: draws the charts, and makes what can be used. All else is there without it. */
import { startCharts } from './charts.ts';
import { startConfusion } from './confusion.ts';
import { startContents } from './contents.ts';
import { startEmbeddings } from './embedding.ts';
import { startThemeSwitch } from './theme-switch.ts';

startThemeSwitch();
startContents();
startConfusion();
startCharts();
startEmbeddings();
