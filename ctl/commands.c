/* The table of commands, in the order in which --help shows them. */
#include "ctl/command.h"

const struct command *const commands[] = {
    &command_login,        &command_whoami,   &command_logout,     &command_carts,
    &command_cart,         &command_phone,    &command_track,      &command_evidence,
    &command_daily,        &command_hours,    &command_closing,    &command_revisions,
    &command_sales,        &command_sell,     &command_void,       &command_trace,
    &command_stock,        &command_restocks, &command_products,   &command_orders,
    &command_order,        &command_members,  &command_fugitives,  &command_report,
    &command_reports,      &command_alerts,   &command_audit,      &command_set_aside,
    &command_dead_letters, &command_import,   &command_replay,     &command_consumers,
    &command_mail,         &command_blocked,  &command_user,       &command_sessions,
    &command_password,     &command_person,   &command_actions,    &command_simulate,
    &command_tail,         &command_doctor,   &command_completion, &command_forget,
};

const size_t command_count = sizeof commands / sizeof *commands;
