import '../common/page.css';
import {render} from 'preact';
import {startLive} from '../common/live';
import {startLogIn} from '../common/log_in';
import {startSettings} from '../common/settings';
import {App} from './app';
import {centreEvents} from './centre';

startSettings();
startLogIn();
startLive(centreEvents);
render(<App />, document.body);
