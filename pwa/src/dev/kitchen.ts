// Development only, not in the build: every component on one page. ?lang=en, ?theme=dark, ?sheet, ?toast
import '../styles/tokens.css';
import '../styles/base.css';
import { mount } from 'svelte';
import { speak, speakInside } from '../i18n';
import Kitchen from './Kitchen.svelte';

const query = new URLSearchParams(location.search);
const theme = query.get('theme');
if (theme) document.documentElement.dataset.theme = theme;

const target = document.getElementById('app');
if (target) void speak(query.get('lang') === 'en' ? 'en' : 'ja').then(speakInside).then(() => mount(Kitchen, { target }));
