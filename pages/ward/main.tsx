import '../common/page.css';
import {render} from 'preact';
import {startLive} from '../common/live';
import {startSettings} from '../common/settings';
import {App} from './app';
import {wardEvents} from './ward';

startSettings();
startLive(wardEvents);
render(<App />, document.body);
