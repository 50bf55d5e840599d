/* Nothing in it can need an escape. */
#include "collector/api/gpx.h"

#include "common/day.h"

struct buffer *gpx_begin(struct api_call *call)
{
    struct buffer *out = &call->response->body;

    call->response->status = 200;
    call->response->content_type = "application/gpx+xml";
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<gpx version=\"1.1\" creator=\"carrito\" "
                     "xmlns=\"http://www.topografix.com/GPX/1/1\">\n<trk><trkseg>\n");
    return out;
}

void gpx_place(struct buffer *out, double lat, double lon, int64_t time_ms)
{
    char time[TIME_TEXT_SIZE];

    time_text(time_ms, time);
    buffer_format(out, "<trkpt lat=\"%.7f\" lon=\"%.7f\"><time>%s</time></trkpt>\n", lat, lon,
                  time);
}

void gpx_end(struct buffer *out)
{
    buffer_text(out, "</trkseg></trk>\n</gpx>\n");
}
