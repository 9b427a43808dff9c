import '../common/page.css';
import {render} from 'preact';
import {startLive} from '../common/live';
import {startLogIn} from '../common/log_in';
import {startSettings} from '../common/settings';
import {App} from './app';
import {wardEvents} from './ward';

startSettings();
startLogIn();
startLive(wardEvents);
render(<App />, document.body);
