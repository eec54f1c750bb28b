/** Settings that both apps have, and how a wrong one is said. */
@NullMarked
package io.votelog.web.settings;

import org.jspecify.annotations.NullMarked;
