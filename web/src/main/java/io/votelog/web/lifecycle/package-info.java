/** How an app starts and stops: what is told when it cannot start, and what a shutdown begins with. */
@NullMarked
package io.votelog.web.lifecycle;

import org.jspecify.annotations.NullMarked;
