/** How an app stops: what a shutdown begins with. */
@NullMarked
package io.votelog.web.lifecycle;

import org.jspecify.annotations.NullMarked;
