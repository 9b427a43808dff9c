import '../common/page.css';
import {render} from 'preact';
import {startLive} from '../common/live';
import {startSettings} from '../common/settings';
import {App} from './app';
import {centreEvents} from './centre';

startSettings();
startLive(centreEvents);
render(<App />, document.body);
